// The goal editor: what is written is saved at every pause of the pen, and kept on this device until the server has it.
const PAUSE = 700

const parse = (text) => new DOMParser().parseFromString(text, 'text/html').body
const texts = (form) => [...new FormData(form)].filter(([name]) => !['csrfmiddlewaretoken', 'revision'].includes(name))

// Puts kept texts back, row by row where a name occurs more than once.
function refill(form, kept) {
  const seen = {}
  for (const [name, value] of kept) {
    const place = (seen[name] = (seen[name] ?? -1) + 1)
    const found = form.querySelectorAll(`[name="${CSS.escape(name)}"]`)[place]
    if (found && found.value !== value) found.value = value
  }
}

function showErrors(form, answer) {
  form.querySelectorAll('[data-autosave-error]').forEach((one) => one.remove())
  form.querySelectorAll('[aria-invalid]').forEach((one) => one.removeAttribute('aria-invalid'))
  const errors = [...answer.querySelectorAll('[data-error]')]
  for (const error of errors) {
    const input = form.elements[error.dataset.error]
    const place = input?.closest?.('.sx-field') || form.querySelector('fieldset')
    const line = document.createElement('p')
    line.className = 'sx-error'
    line.dataset.autosaveError = ''
    line.id = `error-${error.dataset.error}`
    line.textContent = error.textContent
    place.append(line)
    input?.setAttribute?.('aria-invalid', 'true')
    input?.setAttribute?.('aria-describedby', line.id)
  }
  return errors.length
}

export default function registerPlans(Alpine) {
  Alpine.data('printer', () => ({ print() { window.print() } }))
  Alpine.data('autosave', () => ({
    state: 'saved',
    init() {
      this.form = this.$root
      this.key = `sx-goal:${this.form.dataset.key}`
      this.$root.querySelectorAll('[x-show][hidden]').forEach((one) => one.removeAttribute('hidden'))
      this.form.addEventListener('submit', (event) => { event.preventDefault(); this.send() })
      this.form.addEventListener('click', (event) => this.answer(event))
      addEventListener('online', () => { if (this.state === 'offline') this.send() })
      const kept = localStorage.getItem(this.key)
      if (!kept) return
      refill(this.form, JSON.parse(kept).texts)
      this.form.elements.revision.value = JSON.parse(kept).revision // an older one is refused, with the difference
      this.send()
    },
    keep() { localStorage.setItem(this.key, JSON.stringify({ revision: this.form.elements.revision.value, texts: texts(this.form) })) },
    note() {
      if (this.state !== 'stale') this.state = 'waiting'
      this.keep()
      clearTimeout(this.timer)
      this.timer = setTimeout(() => this.send(), PAUSE)
    },
    // Kind and metric decide which fields there are: the page is drawn anew once they are saved.
    change(event) {
      this.redraw = this.redraw || ['kind', 'metric'].includes(event.target.name)
      this.note()
      if (this.redraw) this.send()
    },
    grow() {
      const rows = this.form.querySelectorAll('[data-step]')
      const row = rows[rows.length - 1].cloneNode(true)
      row.querySelectorAll('input').forEach((input) => { input.value = '' })
      rows[rows.length - 1].after(row)
      row.querySelector('input').focus()
    },
    async send() {
      clearTimeout(this.timer)
      if (this.state === 'stale') return
      if (this.busy) { this.again = true; return }
      this.busy = true
      this.state = 'saving'
      try {
        const headers = { 'X-Autosave': '1', 'HX-Request': 'true' }
        const sent = JSON.stringify(texts(this.form))
        const response = await fetch(this.form.action, { method: 'POST', body: new FormData(this.form), headers })
        await this.take(response, sent)
      } catch {
        this.state = 'offline'
      } finally {
        this.busy = false
        if (this.again) { this.again = false; this.send() }
      }
    },
    async take(response, sent) {
      const door = response.headers.get('HX-Redirect')
      if (response.status === 401 && door) { this.keep(); location.assign(`${door}?next=${encodeURIComponent(location.pathname)}`); return }
      if (![200, 409, 422].includes(response.status)) { this.state = 'offline'; return }
      const answer = parse(await response.text())
      if (response.status === 409) return this.refuse(answer)
      const revision = answer.querySelector('[data-revision]') // none where nothing at all could be saved
      if (revision) document.querySelectorAll('input[name="revision"]').forEach((input) => { input.value = revision.dataset.revision })
      const checks = answer.querySelector('[data-checks]') // minutes of a meeting have none
      if (checks) document.querySelector('#plan-checks [data-checks]').replaceChildren(...checks.childNodes)
      const wording = answer.querySelector('[data-wording]') // as above
      if (wording) document.querySelector('[data-wording]').replaceChildren(...wording.childNodes)
      const merged = answer.querySelector('[data-merged]') // put together with what somebody else wrote meanwhile
      if (merged && sent === JSON.stringify(texts(this.form))) this.form.elements[merged.dataset.merged].value = merged.value
      const errors = showErrors(this.form, answer)
      if (!errors && sent === JSON.stringify(texts(this.form))) localStorage.removeItem(this.key)
      else this.keep()
      if (!errors) this.form.querySelector('[data-at]').textContent = revision.dataset.at
      this.state = errors ? 'partly' : 'saved'
      if (this.redraw && !errors) location.reload()
    },
    refuse(answer) {
      this.state = 'stale'
      this.keep()
      this.form.querySelector('[data-stale]').replaceChildren(...answer.childNodes)
      this.form.querySelector('[data-stale]').scrollIntoView({ block: 'center' })
    },
    answer(event) {
      const note = event.target.closest('[data-stale] [data-revision]')
      if (note && event.target.closest('[data-overwrite]')) {
        this.form.elements.revision.value = note.dataset.revision
        this.form.querySelector('[data-stale]').replaceChildren()
        this.state = 'waiting'
        this.send()
      } else if (event.target.closest('[data-reread]')) {
        localStorage.removeItem(this.key)
        location.reload()
      }
    },
  }))
}
