// The form designer: every act goes to the server, which answers with the parts of the page that changed. Acts go one
// after the other; what was before is kept here, so that undo is one more act.
const PAUSE = 450
const page = () => document.querySelector('.sx-form-studio')
const part = (root, name) => root.querySelector(`[data-part="${name}"]`)
const rows = () => [...document.querySelectorAll('[data-fields] > [data-name]')]
const current = () => document.getElementById('form-document').textContent

function say(text) {
  const area = document.getElementById('sx-toasts')
  const toast = document.getElementById('sx-toast')?.content.firstElementChild.cloneNode(true)
  if (!area || !toast) return
  toast.querySelector('span').textContent = text
  area.append(toast)
}

class Designer {
  constructor() {
    this.past = []
    this.future = []
    this.queue = Promise.resolve()
    document.addEventListener('submit', (event) => this.submit(event))
    document.addEventListener('input', (event) => this.typed(event))
    document.addEventListener('change', (event) => this.changed(event))
    document.addEventListener('click', (event) => this.click(event))
    document.addEventListener('keydown', (event) => this.key(event))
    for (const name of ['dragstart', 'dragover', 'drop', 'dragend']) document.addEventListener(name, (event) => this[name](event))
  }

  submit(event) {
    if (!event.target.matches('[data-acts]')) return
    event.preventDefault()
    clearTimeout(this.timer)
    this.act(new FormData(event.target, event.submitter))
  }

  typed(event) {
    const panel = event.target.closest('[data-panel]')
    if (!panel) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.act(new FormData(panel)), PAUSE)
  }

  changed(event) {
    if (event.target.closest('[data-phone]')) { this.tryOut(event.target.closest('[data-phone]')); return }
    const panel = event.target.closest('[data-panel]')
    if (!panel) return
    clearTimeout(this.timer)
    this.act(new FormData(panel))
  }

  click(event) {
    const undo = event.target.closest('[data-undo]')
    const redo = event.target.closest('[data-redo]')
    if (undo || redo) return this.restore(undo ? this.past : this.future, undo ? this.future : this.past)
    const chosen = event.target.closest('[data-choose]')
    if (!chosen || event.ctrlKey || event.metaKey) return undefined
    event.preventDefault()
    return this.act(this.data({ op: '', field: chosen.dataset.choose }), { isQuiet: true })
  }

  key(event) {
    const row = event.target.closest?.('[data-fields] > [data-name]')
    if (!row || !event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return
    event.preventDefault()
    this.act(this.data({ op: event.key === 'ArrowUp' ? 'up' : 'down', field: row.dataset.name }))
  }

  data(values) {
    const found = new FormData()
    found.set('csrfmiddlewaretoken', document.querySelector('[name="csrfmiddlewaretoken"]').value)
    for (const [name, value] of Object.entries(values)) found.set(name, value)
    return found
  }

  restore(from, to) {
    const text = from.pop()
    if (text === undefined) return
    to.push(current())
    this.act(this.data({ op: 'restore', document: text, field: this.chosen() }), { isRestoring: true })
  }

  chosen() { return document.querySelector('[data-fields] > [data-on]')?.dataset.name || '' }

  act(data, how = {}) {
    this.queue = this.queue.then(() => this.send(data, how)).catch(() => this.state(page().dataset.offline))
    return this.queue
  }

  state(text) { part(document, 'saved').textContent = text }

  async send(data, { isQuiet = false, isRestoring = false }) {
    const before = current()
    data.set('revision', this.revision ?? document.querySelector('[data-acts] [name="revision"]').value)
    this.state(page().dataset.saving)
    const response = await fetch(page().dataset.act, { method: 'POST', body: data, headers: { 'HX-Request': 'true' } })
    const door = response.headers.get('HX-Redirect')
    if (response.status === 401 && door) { location.assign(`${door}?next=${encodeURIComponent(location.pathname)}`); return }
    if (!response.ok) throw new Error(response.status)
    const answer = new DOMParser().parseFromString(await response.text(), 'text/html').querySelector('[data-revision]')
    this.take(answer, data.get('op'))
    if (current() !== before && !isRestoring && !isQuiet) { this.past.push(before); this.future.length = 0 }
    document.querySelector('[data-undo]').disabled = !this.past.length
    document.querySelector('[data-redo]').disabled = !this.future.length
  }

  take(answer, op) {
    this.revision = answer.dataset.revision
    const keeps = 'keepsPanel' in answer.dataset
    const inCanvas = document.activeElement?.closest('[data-part="canvas"]')
    for (const one of answer.querySelectorAll('[data-part]')) {
      if (keeps && one.dataset.part === 'panel') continue
      part(document, one.dataset.part).replaceChildren(...one.childNodes)
    }
    for (const input of document.querySelectorAll('.sx-pane-l [name="field"]')) input.value = answer.dataset.chosen
    for (const message of answer.querySelectorAll('[data-message]')) say(message.textContent)
    const row = rows().find((one) => one.dataset.name === answer.dataset.chosen)
    if (row && (inCanvas || ['add', 'copy', 'remove', 'up', 'down', 'move'].includes(op))) row.querySelector('[data-choose]').focus()
    if (row) row.scrollIntoView({ block: 'nearest' })
    if (row && ['add', 'copy', 'up', 'down', 'move'].includes(op)) this.tell(row)
  }

  tell(row) {
    const place = rows().indexOf(row) + 1
    const text = page().dataset.moved.replace('{place}', place).replace('{count}', rows().length)
    document.querySelector('[data-said]').textContent = `${row.dataset.label} · ${text}`
  }

  async tryOut(form) {
    const response = await fetch(form.action, { method: 'POST', body: new FormData(form), headers: { 'HX-Request': 'true' } })
    if (!response.ok) return
    const name = document.activeElement?.name
    const value = document.activeElement?.value
    part(document, 'phone').innerHTML = await response.text()
    if (name) part(document, 'phone').querySelector(`[name="${CSS.escape(name)}"][value="${CSS.escape(value)}"], [name="${CSS.escape(name)}"]`)?.focus()
  }

  dragstart(event) {
    const kind = event.target.closest?.('[data-kind]')
    const row = event.target.closest?.('[data-fields] > [data-name]')
    if (!kind && !row) return
    this.dragged = kind ? { kind: kind.dataset.kind } : { name: row.dataset.name }
    event.dataTransfer.effectAllowed = 'copyMove'
    event.dataTransfer.setData('text/plain', kind ? kind.textContent.trim() : row.dataset.label)
  }

  // Where it would come to stand: before the first row whose middle is below the pointer.
  placeAt(y) {
    const at = rows().findIndex((row) => { const box = row.getBoundingClientRect(); return y < box.top + box.height / 2 })
    return at === -1 ? rows().length : at
  }

  dragover(event) {
    if (!this.dragged || !event.target.closest?.('[data-part="canvas"]')) return
    event.preventDefault()
    const at = this.placeAt(event.clientY)
    rows().forEach((row, place) => { row.toggleAttribute('data-before', place === at); row.toggleAttribute('data-after', place === at - 1 && at === rows().length) })
  }

  drop(event) {
    if (!this.dragged || !event.target.closest?.('[data-part="canvas"]')) return
    event.preventDefault()
    let to = this.placeAt(event.clientY)
    if (this.dragged.kind) this.act(this.data({ op: 'add', kind: this.dragged.kind, field: '', to }))
    else {
      if (rows().findIndex((row) => row.dataset.name === this.dragged.name) < to) to -= 1
      this.act(this.data({ op: 'move', field: this.dragged.name, to }))
    }
    this.dragend()
  }

  dragend() {
    this.dragged = null
    rows().forEach((row) => { row.removeAttribute('data-before'); row.removeAttribute('data-after') })
  }
}

export default function registerDesigner() { new Designer() }
