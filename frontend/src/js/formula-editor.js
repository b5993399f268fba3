// The formula editor: a text field over its painted copy, names while typing, and the server's answer at every pause.
// The server counts characters (code points), the field counts UTF-16 units: `units` and `points` translate.
const PAUSE = 200
const SAVE_PAUSE = 900
const CHOICES = 8
const TOKEN = /(?<name>[[【][^\]】\n]*[\]】]?)|(?<text>"[^"\n]*"?|“[^”\n]*”?)|(?<num>\d[\d.]*%?)|(?<word>[\p{L}_][\p{L}\p{N}_]*)|(?<space>\s+)|(?<sign>.)/gsu

const units = (text, points) => [...text].slice(0, points).join('').length
const parse = (text) => new DOMParser().parseFromString(text, 'text/html').body
const json = (id, root = document) => JSON.parse(root.querySelector(`#${id}`)?.textContent || 'null')

// What is being written at the caret: a name after its bracket, or the beginning of a word.
function unfinished(text) {
  const name = text.match(/[[【]([^[\]【】\n]*)$/u)
  if (name) return { kind: 'name', written: name[1], from: text.length - name[0].length }
  const word = text.match(/[\p{L}_][\p{L}\p{N}_]*$/u)
  return word && { kind: 'word', written: word[0], from: text.length - word[0].length }
}

// Typed with the field's own undo: setRangeText would empty it.
function type(field, text, from, until, inside = 0) {
  field.focus()
  field.setSelectionRange(from, until)
  if (!document.execCommand(text ? 'insertText' : 'delete', false, text)) field.setRangeText(text, from, until, 'end')
  if (inside) field.setSelectionRange(field.selectionStart - inside, field.selectionStart - inside)
}

function editor() {
  return {
    // everything is named here: what is not would be kept by the form around, whose names are others
    choices: [], at: 0, from: 0, asked: 0, timer: 0, field: null, paint: null, gutter: null, list: null, answer: null, all: null, sample: null,
    init() {
      this.field = this.$root.querySelector('textarea')
      this.paint = this.$root.querySelector('[data-paint]')
      this.gutter = this.$root.querySelector('[data-gutter]')
      this.list = this.$root.querySelector('[data-list]')
      this.answer = document.getElementById(this.$root.dataset.answer)
      this.all = json(this.$root.dataset.completions) || { names: [], functions: [] }
      this.sample = json('formula-sample') || {}
      this.$root.dataset.live = '1'
      document.addEventListener('click', (event) => this.press(event))
      this.field.form?.addEventListener('change', (event) => { if (event.target !== this.field) this.ask() })
      document.getElementById('subject')?.addEventListener('change', () => this.ask())
      this.draw()
    },
    write() { this.draw(); this.complete(); clearTimeout(this.timer); this.timer = setTimeout(() => this.ask(), PAUSE) },
    leave() { setTimeout(() => this.close(), 150) },
    close() { this.choices = []; this.list.hidden = true; this.field.removeAttribute('aria-activedescendant') },
    press(event) {
      const fix = event.target.closest('[data-fix]')
      if (fix && this.answer.contains(fix)) {
        const text = this.field.value
        return this.put(fix.dataset.text, units(text, fix.dataset.from), units(text, fix.dataset.until))
      }
      const piece = event.target.closest('[data-insert]')?.dataset.insert
      if (piece) this.put(piece, this.field.selectionStart, this.field.selectionEnd, piece.endsWith('()') ? 1 : 0)
    },
    put(text, from, until, inside) { type(this.field, text, from, until, inside); this.close(); this.draw(); this.ask() },

    // Names and functions that begin or hold what is written.
    complete() {
      const open = this.field.selectionStart === this.field.selectionEnd && unfinished(this.field.value.slice(0, this.field.selectionStart))
      if (!open) return this.close()
      const sought = open.written.toUpperCase()
      const names = this.all.names.filter((name) => name.toUpperCase().includes(sought))
        .map((name) => ({ show: name, note: this.sample[name] ?? '', text: `[${name}]` }))
      const functions = this.all.functions.filter((one) => one.words.some((word) => word.startsWith(sought)))
        .map((one) => ({ show: one.word, note: one.note, text: `${one.word}()`, inside: 1 }))
      const found = open.kind === 'name' ? names : [...functions, ...names]
      this.choices = found.slice(0, CHOICES)
      this.from = open.from
      this.at = 0
      if (!this.choices.length || (found.length === 1 && found[0].show === open.written && open.kind === 'word')) return this.close()
      this.show()
    },
    show() {
      this.list.replaceChildren(...this.choices.map((one, place) => {
        const option = document.createElement('div')
        option.role = 'option'
        option.id = `${this.list.id}-${place}`
        option.setAttribute('aria-selected', String(place === this.at))
        const name = document.createElement('span')
        name.textContent = one.show
        const note = document.createElement('small')
        note.textContent = one.note
        option.append(name, note)
        option.addEventListener('mousedown', (event) => { event.preventDefault(); this.take(place) })
        return option
      }))
      this.list.hidden = false
      this.field.setAttribute('aria-activedescendant', `${this.list.id}-${this.at}`)
      const mark = [...this.paint.querySelectorAll('[data-at]')].reverse().find((one) => Number(one.dataset.at) <= this.from)
      if (!mark) return
      this.list.style.left = `${Math.min(mark.offsetLeft, Math.max(0, this.paint.clientWidth - this.list.offsetWidth - 8))}px`
      this.list.style.top = `${mark.offsetTop + mark.offsetHeight + 4}px`
    },
    key(event) {
      if (!this.choices.length || event.isComposing) return
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
      if (step) { event.preventDefault(); this.at = (this.at + step + this.choices.length) % this.choices.length; this.show() }
      if (event.key === 'Enter' || event.key === 'Tab') { event.preventDefault(); this.take(this.at) }
      if (event.key === 'Escape') { event.preventDefault(); this.close() }
    },
    take(place) {
      const one = this.choices[place]
      const caret = this.field.selectionStart
      const closed = one.text.endsWith(']') && /[\]】]/u.test(this.field.value[caret] || '') ? caret + 1 : caret
      this.put(one.text, this.from, closed, one.inside)
    },

    // The newest answer wins; half a name is no error yet, so nothing is asked while one is being written.
    async ask() {
      clearTimeout(this.timer)
      const open = unfinished(this.field.value.slice(0, this.field.selectionStart))
      if (document.activeElement === this.field && open?.kind === 'name' && this.choices.length) return
      const asked = ++this.asked
      const response = await fetch(this.$root.dataset.check, { method: 'POST', body: new FormData(this.field.form), headers: { 'HX-Request': 'true' } }).catch(() => null)
      if (!response?.ok || asked !== this.asked) return
      const said = parse(await response.text())
      this.sample = json('formula-sample', said) || {}
      this.answer.replaceChildren(...said.querySelector('[data-problems]').childNodes)
      document.getElementById('formula-result')?.replaceChildren(...said.querySelector('[data-result]').childNodes)
      this.draw()
    },

    draw() {
      const text = this.field.value
      const problems = [...this.answer.querySelectorAll('li[data-from]')].map((one) => (
        { from: units(text, one.dataset.from), until: units(text, one.dataset.until), tone: one.dataset.tone }))
      const words = new Set(this.all.functions.flatMap((one) => one.words))
      const part = (token, start) => {
        const span = document.createElement('span')
        const [kind] = Object.entries(token.groups).find(([, value]) => value !== undefined)
        const from = start + token.index
        span.textContent = token[0]
        span.dataset.at = from
        span.className = kind === 'word' && words.has(token[0].toUpperCase()) ? 'fx-call' : `fx-${kind}`
        const wrong = problems.find((one) => from < Math.max(one.until, one.from + 1) && from + token[0].length > one.from)
        if (wrong && kind !== 'space') span.classList.add(`fx-${wrong.tone}`)
        return span
      }
      let start = 0
      const lines = text.split('\n').map((line) => {
        const row = document.createElement('div')
        row.append(...[...line.matchAll(TOKEN)].map((token) => part(token, start)), ...(line ? [] : ['\u200b']))
        row.dataset.tone = problems.find((one) => one.from >= start && one.from <= start + line.length)?.tone || ''
        start += line.length + 1
        return row
      })
      this.paint.replaceChildren(...lines)
      this.gutter.replaceChildren(...lines.map((row, place) => {
        const number = document.createElement('div')
        number.textContent = place + 1
        number.dataset.tone = row.dataset.tone
        number.style.height = `${row.offsetHeight}px` // a line that wraps has one number
        return number
      }))
      if (problems.some((one) => one.tone === 'bad')) this.field.setAttribute('aria-invalid', 'true')
      else this.field.removeAttribute('aria-invalid')
    },
  }
}

// Saved at every pause; what somebody else saved meanwhile is shown and never written over unasked.
function saving() {
  return {
    form: null, note: null, timer: 0, busy: false, late: false, again: false,
    init() {
      this.form = this.$root
      this.note = document.querySelector('[data-saved]')
      this.form.addEventListener('input', () => this.wait())
      this.form.addEventListener('change', (event) => { this.again = this.again || event.target.name === 'context'; this.wait() })
      this.form.addEventListener('submit', (event) => { event.preventDefault(); this.send() })
      this.form.addEventListener('click', (event) => this.decide(event))
      addEventListener('beforeunload', (event) => { if (this.form.dataset.unsaved) event.preventDefault() })
    },
    wait() { this.form.dataset.unsaved = '1'; clearTimeout(this.timer); this.timer = setTimeout(() => this.send(), SAVE_PAUSE) },
    async send() {
      clearTimeout(this.timer)
      this.timer = 0
      if (this.form.querySelector('[data-stale]').childNodes.length) return
      if (this.busy) { this.late = true; return }
      this.busy = true
      this.late = false
      this.note.textContent = this.note.dataset.saving
      const response = await fetch(this.form.action || location.href, { method: 'POST', body: new FormData(this.form), headers: { 'X-Autosave': '1', 'HX-Request': 'true' } }).catch(() => null)
      this.busy = false
      if (response?.status === 401) { location.assign(`${response.headers.get('HX-Redirect')}?next=${encodeURIComponent(location.pathname)}`); return }
      if (response?.status === 409) { this.form.querySelector('[data-stale]').replaceChildren(...parse(await response.text()).childNodes); return }
      const said = response && [200, 422].includes(response.status) ? await response.json() : null
      if (!said?.revision) { this.note.textContent = said?.problems?.join(' ') || this.note.dataset.offline; return }
      this.form.elements.revision.value = said.revision
      this.note.textContent = `${said.at} ${this.note.dataset.done}`
      if (this.late) return this.send()
      if (!this.timer) delete this.form.dataset.unsaved
      if (this.again) location.reload()
    },
    decide(event) {
      const told = event.target.closest('[data-revision]')
      if (!told) return
      if (event.target.closest('[data-reread]')) location.reload()
      if (!event.target.closest('[data-overwrite]')) return
      this.form.elements.revision.value = told.dataset.revision
      this.form.querySelector('[data-stale]').replaceChildren()
      this.send()
    },
  }
}

export default function registerFormula(Alpine) {
  Alpine.data('formulaEditor', editor)
  Alpine.data('formulaSave', saving)
}
