// The rule designer: sentences with controls in them. Lines that changed are swapped one by one, so that whoever is
// writing keeps the control they are in; lines are moved with the keyboard, with buttons, or by their grip.
import { Designing, part, root } from './designing.js'

const MOVES = ['up', 'down', 'move']
const row = (at) => at && document.querySelector(`[data-row="${CSS.escape(at)}"]`)
const rowOf = (element) => element?.closest?.('[data-row]')
const writes = (element) => element?.matches?.('.sx-rule textarea, .sx-rule input:not([type="checkbox"])')
const first = (line) => line?.querySelector('select, summary, textarea, input:not([type="hidden"]), button:not([tabindex="-1"])')

class Rules extends Designing {
  constructor() {
    super()
    // a word that is being composed (pinyin) is not sent in pieces
    document.addEventListener('compositionend', (event) => super.typed(event))
    document.addEventListener('click', (event) => this.closeOthers(event.target))
  }

  typed(event) { if (!event.isComposing) super.typed(event) }

  chosen() { return rowOf(document.activeElement)?.dataset.row || '' }

  closeOthers(target) {
    for (const open of document.querySelectorAll('.sx-slot-pop[open]')) if (!open.contains(target)) open.open = false
  }

  moved(event) {
    if (event.key === 'Escape') {
      const open = event.target.closest?.('.sx-slot-pop[open]')
      if (open) { open.open = false; open.querySelector('summary').focus() }
      return
    }
    const line = rowOf(event.target)
    if (!line?.dataset.place || !event.altKey || !['ArrowUp', 'ArrowDown'].includes(event.key)) return
    event.preventDefault()
    this.flush()
    this.act(this.data({ op: event.key === 'ArrowUp' ? 'up' : 'down', at: line.dataset.row }))
  }

  // The canvas is kept where only words changed: the line one writes in stays, every other is swapped where it differs.
  take(answer, data) {
    const canvas = part(document, 'canvas')
    const incoming = part(answer, 'canvas')
    const keeps = 'keepsPanel' in answer.dataset && writes(document.activeElement)
    this.focused = { id: document.activeElement?.id, open: [...canvas.querySelectorAll('details[open]')].map((one) => one.id) }
    if (keeps) {
      const written = document.activeElement.closest('[data-line]')
      for (const line of incoming.querySelectorAll('[data-line]')) {
        const former = canvas.querySelector(`[data-line="${line.dataset.line}"]`)
        if (former && former !== written && former.outerHTML !== line.outerHTML) former.replaceWith(line.cloneNode(true))
      }
      incoming.remove()
    }
    super.take(answer, data)
    document.getElementById('rule-past')?.querySelector('[data-again]')?.removeAttribute('hidden')
  }

  took(answer, op) {
    for (const input of document.querySelectorAll('[data-part="switch"] [name="revision"]')) input.value = answer.dataset.revision
    const line = row(answer.dataset.chosen)
    if (MOVES.includes(op)) return this.tell(line, root().dataset.moved)
    if (op === 'add') return this.tell(line, `${root().dataset.added} · ${root().dataset.moved}`)
    if (op === 'remove') return this.tell(line, root().dataset.removed)
    for (const id of this.focused.open) if (op !== 'formula') document.getElementById(id)?.setAttribute('open', '')
    const again = this.focused.id && document.getElementById(this.focused.id)
    if (op === 'formula' || (op === '' && line)) (line?.querySelector('textarea') || first(line))?.focus()
    else if (again && again !== document.activeElement) again.focus()
    else if (!again && this.focused.id !== undefined && document.activeElement === document.body) first(line)?.focus()
    return undefined
  }

  tell(line, words) {
    const near = line || document.getElementById('c--add')
    first(near)?.focus() ?? near?.focus()
    near?.scrollIntoView({ block: 'nearest' })
    const said = words.replace('{place}', line?.dataset.place ?? '').replace('{count}', line?.dataset.count ?? '')
    document.querySelector('[data-said]').textContent = `${line?.dataset.label ?? ''} · ${said}`
  }

  dragstart(event) {
    const line = event.target.closest?.('[data-grip]') && rowOf(event.target)
    if (!line) return
    this.dragged = line
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', line.dataset.label)
    event.dataTransfer.setDragImage(line, 12, 12)
  }

  // The line under the pointer and the side of it: lines go to lines, things to do to things to do.
  targetOf(event) {
    const line = rowOf(event.target)
    const kind = this.dragged?.dataset.row.split(':')[0]
    if (!line || line === this.dragged || this.dragged.contains(line) || line.dataset.row.split(':')[0] !== kind || !line.dataset.place) return null
    const box = (line.querySelector('[data-line]') || line).getBoundingClientRect()
    return { line, after: event.clientY > box.top + box.height / 2 }
  }

  dragover(event) {
    if (!this.dragged) return
    const target = this.targetOf(event)
    this.unmark()
    if (!target) return
    event.preventDefault()
    target.line.toggleAttribute(target.after ? 'data-after' : 'data-before', true)
  }

  drop(event) {
    const target = this.dragged && this.targetOf(event)
    if (!target) return
    event.preventDefault()
    const [kind, place] = target.line.dataset.row.split(':')
    const steps = place.split('.')
    const to = Number(steps.pop()) + (target.after ? 1 : 0)
    this.act(this.data({ op: 'move', at: this.dragged.dataset.row, to, ...(kind === 'c' ? { into: steps.join('.') } : {}) }))
    this.dragend()
  }

  dragend() { this.dragged = null; this.unmark() }

  unmark() { for (const line of document.querySelectorAll('[data-before], [data-after]')) { line.removeAttribute('data-before'); line.removeAttribute('data-after') } }
}

export default function registerRules() { new Rules() }
