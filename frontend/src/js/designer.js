// The form designer: drag from the palette, arrows, and a phone beside it that can be tried.
import { Designing, part, root } from './designing.js'

const rows = () => [...document.querySelectorAll('[data-fields] > [data-name]')]
const MOVES = ['add', 'copy', 'up', 'down', 'move']

class Designer extends Designing {
  changed(event) {
    const phone = event.target.closest('[data-phone]')
    if (phone) this.tryOut(phone)
    else super.changed(event)
  }

  moved(event) {
    const row = event.target.closest?.('[data-fields] > [data-name]')
    if (!row || !event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return
    event.preventDefault()
    this.act(this.data({ op: event.key === 'ArrowUp' ? 'up' : 'down', at: row.dataset.name }))
  }

  chosen() { return document.querySelector('[data-fields] > [data-on]')?.dataset.name || '' }

  took(answer, op, inCanvas) {
    for (const input of document.querySelectorAll('.sx-pane-l [name="at"]')) input.value = answer.dataset.chosen
    const row = rows().find((one) => one.dataset.name === answer.dataset.chosen)
    if (!row) return
    if (inCanvas || op === 'remove' || MOVES.includes(op)) row.querySelector('[data-choose]').focus()
    row.scrollIntoView({ block: 'nearest' })
    if (MOVES.includes(op)) this.tell(row)
  }

  tell(row) {
    const place = rows().indexOf(row) + 1
    const text = root().dataset.moved.replace('{place}', place).replace('{count}', rows().length)
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
    if (this.dragged.kind) this.act(this.data({ op: 'add', kind: this.dragged.kind, at: '', to }))
    else {
      if (rows().findIndex((row) => row.dataset.name === this.dragged.name) < to) to -= 1
      this.act(this.data({ op: 'move', at: this.dragged.name, to }))
    }
    this.dragend()
  }

  dragend() {
    this.dragged = null
    rows().forEach((row) => { row.removeAttribute('data-before'); row.removeAttribute('data-after') })
  }
}

export default function registerDesigner() { new Designer() }
