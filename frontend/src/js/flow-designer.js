// The flow designer: a menu at every place, drag and keys on the cards, persons while their name is typed, and the way a
// test run took lit in the tree.
import { Designing, part, root } from './designing.js'

const PAUSE = 250
const MOVES = ['add', 'copy', 'up', 'down', 'left', 'right', 'move', 'end', 'add_arm']
const ARROWS = { ArrowUp: 'up', ArrowDown: 'down', ArrowLeft: 'left', ArrowRight: 'right' }
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const menu = () => document.querySelector('[data-menu]')
const canvas = () => part(document, 'canvas')
const own = (element) => element.closest('.sx-arm')

class FlowDesigner extends Designing {
  constructor() {
    super()
    this.at = document.querySelector('[data-panel] [name="at"]')?.value || ''
    this.tried = null
    document.addEventListener('htmx:after:swap', () => this.light())
  }

  chosen() { return this.at }

  also(event) {
    const plus = event.target.closest('[data-plus]')
    if (plus && !event.ctrlKey && !event.metaKey) { event.preventDefault(); this.open(plus); return }
    const side = event.target.closest('[data-side]')?.dataset.side
    if (side) { this.look(side); return }
    if (!event.target.closest('[data-menu]')) this.close()
  }

  submit(event) {
    super.submit(event)
    if (event.target.matches('[data-adds]')) this.close()
  }

  typed(event) {
    if (event.target.matches('[data-search]')) { clearTimeout(this.searching); this.searching = setTimeout(() => this.search(event.target.value), PAUSE) }
    if (!event.target.matches('[data-late]')) super.typed(event)
  }

  async search(text) {
    if (!text.trim()) return
    const response = await fetch(`${root().dataset.people}?q=${encodeURIComponent(text.trim())}`)
    if (!response.ok) return
    const { people } = await response.json()
    document.getElementById('flow-people').replaceChildren(...people.map((one) => {
      const option = document.createElement('option')
      option.value = one.name
      option.label = one.note
      return option
    }))
  }

  moved(event) {
    if (event.target.closest?.('[data-menu]')) return this.walk(event)
    const card = event.target.closest?.('[data-flow] [data-choose]')
    if (!card) return undefined
    const act = event.altKey ? ARROWS[event.key] : { Delete: 'remove' }[event.key]
    if (!act || card.dataset.choose.startsWith('@')) return undefined
    event.preventDefault()
    this.flush()
    return this.act(this.data({ op: act, at: card.dataset.choose }))
  }

  took(answer, op, inCanvas) {
    this.at = answer.dataset.chosen
    for (const one of all('[data-area]')) {
      const on = one.dataset.area === (this.at.startsWith('@') ? this.at : 'flow')
      one.toggleAttribute('aria-current', on)
      if (on) one.setAttribute('aria-current', 'true')
    }
    const card = canvas().querySelector(`[data-choose="${CSS.escape(this.at)}"]`)
    if (card && (inCanvas || op === 'remove' || MOVES.includes(op))) card.focus({ preventScroll: true })
    card?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    if (card && MOVES.includes(op)) this.tell(card)
    if (op !== '') this.tried = null
    if (document.querySelector('[data-side="trial"]')?.getAttribute('aria-selected') === 'true') this.light()
  }

  tell(card) {
    const cards = all('[data-flow] [data-step]')
    const text = root().dataset.moved.replace('{place}', cards.indexOf(card)).replace('{count}', cards.length - 1)
    document.querySelector('[data-said]').textContent = card.dataset.label ? `${card.dataset.label} · ${text}` : ''
  }

  // The menu of kinds, beside the place it was opened at; focus goes in and comes back.
  open(plus) {
    const box = menu()
    this.opener = plus
    box.querySelector('[name="to"]').value = plus.dataset.plus
    box.querySelector('[data-for-last]').hidden = !('last' in plus.dataset)
    box.hidden = false
    const at = plus.getBoundingClientRect()
    box.style.left = `${Math.max(8, Math.min(at.left + at.width / 2 - box.offsetWidth / 2, innerWidth - box.offsetWidth - 8))}px`
    box.style.top = `${at.bottom + box.offsetHeight + 12 > innerHeight ? Math.max(8, at.top - box.offsetHeight - 6) : at.bottom + 6}px`
    box.querySelector('[role="menuitem"]').focus()
  }

  close() {
    if (!menu() || menu().hidden) return
    const had = menu().contains(document.activeElement)
    menu().hidden = true
    if (had) this.opener?.focus()
  }

  walk(event) {
    if (event.key === 'Escape') { event.preventDefault(); return this.close() }
    const items = all('[role="menuitem"]', menu())
    const place = items.indexOf(document.activeElement)
    const step = { ArrowDown: 2, ArrowUp: -2, ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (place < 0 || !step) return undefined
    event.preventDefault()
    return items[(place + step + items.length) % items.length].focus()
  }

  // A test run reads the draft as it is saved: the panel is asked for again when the draft changed since.
  look(side) {
    this.flush()
    this.queue.then(() => {
      if (side === 'trial' && this.tried !== (this.revision ?? '')) {
        this.tried = this.revision ?? ''
        document.getElementById('flow-trial-host').dispatchEvent(new CustomEvent('trial'))
      }
      this.light(side === 'trial')
    })
  }

  light(on = document.querySelector('[data-side="trial"]')?.getAttribute('aria-selected') === 'true') {
    const codes = new Set((on && document.getElementById('flow-trial')?.dataset.path || '').split(' ').filter(Boolean))
    const flow = document.querySelector('[data-flow]')
    flow.toggleAttribute('data-tried', codes.size > 0)
    for (const one of all('[data-lit]', flow)) one.removeAttribute('data-lit')
    if (!codes.size) return
    for (const one of all('[data-step]', flow)) one.toggleAttribute('data-lit', codes.has(one.dataset.step) || one.dataset.step === '@start')
    for (const split of all('[data-split]', flow)) if (codes.has(split.dataset.split)) this.lightSplit(split, codes)
    for (const link of all('[data-link]', flow)) link.toggleAttribute('data-lit', this.isWay(link))
  }

  // An arm was taken when the step it leads to was come by; one that leads straight to where the arms meet, when no
  // other was.
  lightSplit(split, codes) {
    split.dataset.lit = ''
    const arms = all('.sx-arm', split).filter((arm) => arm.parentElement.parentElement === split)
    const reached = arms.filter((arm) => codes.has(arm.dataset.to))
    const through = reached.filter((arm) => arm.dataset.to !== split.dataset.merge)
    const taken = through.length && !('fork' in split.dataset) ? through : reached
    const middle = split.getBoundingClientRect().left + split.offsetWidth / 2
    for (const arm of taken) {
      arm.dataset.lit = ''
      arm.querySelector('[data-head]').dataset.lit = ''
      const box = arm.getBoundingClientRect()
      const own = box.left + box.width / 2
      for (const half of all(':scope > .sx-arm > [data-half]', arm.parentElement)) {
        const range = half.getBoundingClientRect()
        const center = range.left + range.width / 2
        if (center > Math.min(own, middle) && center < Math.max(own, middle)) half.dataset.lit = ''
      }
    }
  }

  isWay(link) {
    const arm = own(link)
    if (arm && !arm.hasAttribute('data-lit')) return false
    const near = (step) => { let one = link[step]; while (one && !one.matches('[data-step], [data-split], [data-head], .sx-flow-jump, .sx-arms')) one = one[step]; return one }
    return [near('previousElementSibling'), near('nextElementSibling')].every((one) => !one || one.matches('.sx-arms, .sx-flow-jump') || one.hasAttribute('data-lit'))
  }

  dragstart(event) {
    const card = event.target.closest?.('[data-flow] [data-step][draggable]')
    if (!card) return
    this.dragged = card.dataset.step
    event.dataTransfer.effectAllowed = 'move'
    event.dataTransfer.setData('text/plain', card.dataset.label || '')
    document.querySelector('[data-flow]').dataset.drags = ''
  }

  dragover(event) {
    const place = this.dragged && event.target.closest?.('[data-link]')?.querySelector('[data-plus]')
    for (const one of all('[data-plus][data-over]')) if (one !== place) one.removeAttribute('data-over')
    if (!place) return
    event.preventDefault()
    place.dataset.over = ''
  }

  drop(event) {
    const place = this.dragged && event.target.closest?.('[data-link]')?.querySelector('[data-plus]')
    if (!place) return
    event.preventDefault()
    this.flush()
    this.act(this.data({ op: 'move', at: this.dragged, to: place.dataset.plus }))
    this.dragend()
  }

  dragend() {
    this.dragged = null
    document.querySelector('[data-flow]')?.removeAttribute('data-drags')
    for (const one of all('[data-plus][data-over]')) one.removeAttribute('data-over')
  }
}

export default function registerFlowDesigner() { new FlowDesigner() }
