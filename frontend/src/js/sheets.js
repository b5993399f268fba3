// A form being filled in: saved at every pause of the pen; fields come and go with their conditions; what somebody else
// changed meanwhile is shown and not overwritten.
const PAUSE = 700
const said = (form, name) => form.querySelector(`[data-said="${name}"]`).innerHTML
const lineOf = (form, name) => form.querySelector(`[data-line="${CSS.escape(name)}"]`)

function body(form) {
  const data = new FormData(form)
  for (const input of form.querySelectorAll('[data-upload]')) data.delete(input.name) // files go with a whole page
  return data
}

function place(line, className, ...parts) {
  const note = document.createElement('p')
  note.className = className
  note.dataset.error = ''
  note.setAttribute('role', 'alert')
  note.append(...parts)
  line.append(note)
}

function button(text, act) {
  const found = document.createElement('button')
  found.type = 'button'
  found.className = 'sx-btn sx-btn-sm'
  found.textContent = text
  found.addEventListener('click', act)
  return found
}

export default function registerSheets(Alpine) {
  Alpine.data('sheet', () => ({
    init() {
      this.form = this.$root
      addEventListener('online', () => { if (this.offline) this.send() })
      // what is submitted is saved with it: a save still under way would meet a sheet that is closed
      this.form.addEventListener('submit', () => { this.ended = true; clearTimeout(this.timer); this.under?.abort() })
    },
    note() {
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.send(), PAUSE)
    },
    change(event) {
      if (event.target.matches('[data-upload]')) { this.form.requestSubmit(this.form.querySelector('[value="save"]')); return }
      clearTimeout(this.timer)
      this.send()
    },
    grow(event) {
      event.preventDefault()
      const rows = event.target.closest('[data-rows]')
      const all = rows.querySelectorAll('[data-row]')
      const row = all[all.length - 1].cloneNode(true)
      row.querySelectorAll('[name]').forEach((input) => {
        input.value = ''
        input.name = input.name.replace(/-(\d+)-(\w+)$/, (_, __, column) => `-${all.length}-${column}`)
      })
      all[all.length - 1].after(row)
      row.querySelector('[name]').focus()
    },
    say(name, after = '') { this.form.querySelector('[data-state]').textContent = `${said(this.form, name)} ${after}`.trim() },
    async send() {
      if (this.ended) return
      if (this.busy) { this.again = true; return }
      this.busy = true
      this.say('saving')
      try {
        const headers = { 'X-Autosave': '1', 'HX-Request': 'true' }
        this.under = new AbortController()
        const response = await fetch(this.form.action, { method: 'POST', body: body(this.form), headers, signal: this.under.signal })
        const door = response.headers.get('HX-Redirect')
        if (response.status === 401 && door) { location.assign(`${door}?next=${encodeURIComponent(location.pathname)}`); return }
        if (response.status === 409) { location.reload(); return }
        if (response.status !== 200) throw new Error(response.status)
        this.offline = false
        this.take(await response.json())
      } catch {
        if (this.ended) return
        this.offline = true
        this.say('offline')
      } finally {
        this.busy = false
        if (this.again && !this.ended) { this.again = false; this.send() }
      }
    },
    take(answer) {
      // What others wrote takes the place of what is shown; where somebody is writing just now, the older revision is
      // named in the next save, which then says what came between.
      let holds = false
      for (const [name, html] of Object.entries(answer.others)) {
        const line = lineOf(this.form, name)
        if (line?.contains(document.activeElement)) holds = true
        else if (line) line.innerHTML = html
      }
      if (!holds) this.form.elements.revision.value = answer.revision
      this.form.querySelectorAll('p[data-error]:not([data-clash])').forEach((one) => one.remove())
      this.form.querySelectorAll('[data-line]').forEach((line) => {
        line.hidden = !answer.shown.includes(line.dataset.line)
        const mark = line.querySelector('[data-required]')
        if (mark) mark.hidden = !answer.required.includes(line.dataset.line)
        const computed = line.querySelector('[data-computed]')
        if (computed) computed.textContent = answer.computed[line.dataset.line] || '—'
      })
      for (const [name, text] of Object.entries(answer.problems)) { const line = lineOf(this.form, name); if (line) place(line, 'sx-error', text) }
      for (const clash of answer.clashes) this.clash(lineOf(this.form, clash.name), clash)
      this.say(Object.keys(answer.problems).length + answer.clashes.length ? 'partly' : 'saved', answer.at)
    },
    // The field is left out of every save until somebody has chosen.
    clash(line, clash) {
      const asked = line.querySelector('[name="asked"]')
      if (!asked || asked.disabled) return
      asked.disabled = true
      const mine = button(said(this.form, 'mine'), () => {
        asked.disabled = false
        line.querySelectorAll('[data-error]').forEach((one) => one.remove())
        this.send()
      })
      place(line, 'sx-error flex-wrap items-center', `${said(this.form, 'theirs')}${clash.theirs}`, mine, button(said(this.form, 'reread'), () => location.reload()))
      line.querySelector('p[data-error]:last-of-type').dataset.clash = ''
    },
  }))
}
