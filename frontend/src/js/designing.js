// What every designer shares: each act goes to the server, which answers with the parts of the page that changed. Acts
// go one after the other; what was before is kept here, so that undo is one more act. A designer extends this class.
const PAUSE = 450
export const root = () => document.querySelector('[data-designing]')
export const part = (within, name) => within.querySelector(`[data-part="${name}"]`)
const current = () => document.getElementById('designed-document').textContent

export function say(text) {
  const area = document.getElementById('sx-toasts')
  const toast = document.getElementById('sx-toast')?.content.firstElementChild.cloneNode(true)
  if (!area || !toast) return
  toast.querySelector('span').textContent = text
  area.append(toast)
}

export class Designing {
  constructor() {
    this.past = []
    this.future = []
    this.queue = Promise.resolve()
    this.pending = null
    document.addEventListener('submit', (event) => this.submit(event))
    document.addEventListener('input', (event) => this.typed(event))
    document.addEventListener('change', (event) => this.changed(event))
    document.addEventListener('click', (event) => this.click(event))
    document.addEventListener('keydown', (event) => this.key(event))
    for (const name of ['dragstart', 'dragover', 'drop', 'dragend']) document.addEventListener(name, (event) => this[name](event))
  }

  // What a designer says for itself: what is chosen, what happens besides, and after an answer came.
  chosen() { return '' }
  also() {} // a click that is nobody else's
  moved() {} // a key that is no undo
  took() {}
  dragstart() {}
  dragover() {}
  drop() {}
  dragend() {}

  submit(event) {
    if (!event.target.matches('[data-acts]')) return
    event.preventDefault()
    const data = new FormData(event.target, event.submitter)
    if (event.target.matches('[data-panel]')) this.pending = null
    this.flush()
    this.act(data)
  }

  typed(event) {
    const panel = event.target.closest('[data-panel]')
    if (!panel) return
    this.pending = panel
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.flush(), PAUSE)
  }

  // What was typed goes out before anything else does: the panel may be another one afterwards.
  flush() {
    clearTimeout(this.timer)
    const panel = this.pending
    this.pending = null
    if (panel) this.act(new FormData(panel))
  }

  changed(event) {
    const panel = event.target.closest('[data-panel]')
    if (!panel) return
    clearTimeout(this.timer)
    this.pending = null
    const data = new FormData(panel)
    if (event.target.matches('[data-redraws]')) data.set('redraws', '1') // the panel itself depends on it
    this.act(data)
  }

  click(event) {
    const undo = event.target.closest('[data-undo]')
    const redo = event.target.closest('[data-redo]')
    if (undo || redo) return this.restore(undo ? this.past : this.future, undo ? this.future : this.past)
    const chosen = event.target.closest('[data-choose]')
    if (!chosen || event.ctrlKey || event.metaKey) return this.also(event)
    event.preventDefault()
    this.flush()
    return this.act(this.data({ op: '', at: chosen.dataset.choose }), { isQuiet: true })
  }

  key(event) {
    const writes = event.target.closest?.('input, textarea, select, [contenteditable]')
    if ((event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === 'z' && !writes) {
      event.preventDefault()
      this.restore(event.shiftKey ? this.future : this.past, event.shiftKey ? this.past : this.future)
    } else this.moved(event)
  }

  data(values) {
    const found = new FormData()
    found.set('csrfmiddlewaretoken', document.querySelector('[name="csrfmiddlewaretoken"]').value)
    for (const [name, value] of Object.entries(values)) found.set(name, value)
    return found
  }

  restore(from, to) {
    this.flush()
    const text = from.pop()
    if (text === undefined) return
    to.push(current())
    this.act(this.data({ op: 'restore', document: text, at: this.chosen() }), { isRestoring: true })
  }

  act(data, how = {}) {
    this.queue = this.queue.then(() => this.send(data, how)).catch(() => this.state(root().dataset.offline))
    return this.queue
  }

  state(text) { part(document, 'saved').textContent = text }

  async send(data, { isQuiet = false, isRestoring = false }) {
    const before = current()
    data.set('revision', this.revision ?? document.querySelector('[data-acts] [name="revision"]').value)
    this.state(root().dataset.saving)
    const response = await fetch(root().dataset.act, { method: 'POST', body: data, headers: { 'HX-Request': 'true' } })
    const door = response.headers.get('HX-Redirect')
    if (response.status === 401 && door) { location.assign(`${door}?next=${encodeURIComponent(location.pathname)}`); return }
    if (!response.ok) throw new Error(response.status)
    const answer = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('[data-revision]')
    this.take(answer, data)
    if (current() !== before && !isRestoring && !isQuiet) { this.past.push(before); this.future.length = 0 }
    document.querySelector('[data-undo]').disabled = !this.past.length
    document.querySelector('[data-redo]').disabled = !this.future.length
  }

  // Who was at a control of the panel is at the same one of the new panel.
  refocus(name, value) {
    const named = [...document.querySelectorAll(`[data-panel] [name="${CSS.escape(name)}"]`)]
    const found = named.find((one) => one.value === value) || (named.length === 1 && named[0])
    if (found) found.focus()
  }

  take(answer, data) {
    this.revision = answer.dataset.revision
    const keeps = 'keepsPanel' in answer.dataset
    const inCanvas = Boolean(document.activeElement?.closest('[data-part="canvas"]'))
    const { name, value } = document.activeElement?.closest('[data-panel]') ? document.activeElement : {}
    for (const one of answer.querySelectorAll('[data-part]')) {
      if (keeps && one.dataset.part === 'panel') continue
      part(document, one.dataset.part)?.replaceChildren(...one.childNodes)
    }
    if (name && !keeps) this.refocus(name, value)
    for (const message of answer.querySelectorAll('[data-message]')) say(message.textContent)
    this.took(answer, data.getAll('op').at(-1), inCanvas) // the button pressed comes after what the form says
  }
}
