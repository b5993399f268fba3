// Small state of the goal pages. No text here: it comes from the templates.
const SVG = 'http://www.w3.org/2000/svg'
const JOINT = 48.5 // px below a card's top where lines leave and arrive, as .sx-map draws them
const HALF_GAP = 22 // px: half of the gap between two columns
const LANE = 5 // px between two lines that support beside each other
const LEAST = 0.25 // smaller than this nobody reads anything
const ZOOMS = [0.4, 0.5, 0.65, 0.8, 1, 1.25, 1.5]
const MANY = 40 // open goals beyond which a list is easier to read

// Places in the frame's own pixels: what the screen measures is as large as the zoom makes it.
function placesIn(frame, zoom) {
  const origin = frame.getBoundingClientRect()
  return (element) => {
    const box = element.getBoundingClientRect()
    return { left: (box.left - origin.left) / zoom, right: (box.right - origin.left) / zoom, joint: (box.top - origin.top) / zoom + JOINT }
  }
}

function line(kind, from, to, { lane = HALF_GAP, drop = 0 } = {}) {
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('class', kind)
  path.setAttribute('d', `M${from.right} ${from.joint + drop}H${to.left - lane}V${to.joint + drop}H${to.left}`)
  return path
}

const shown = (element) => element?.offsetParent

// The chosen chain, drawn over the hairlines of the tree. On a narrow screen the cards' own borders say it.
function chain(map, place) {
  const cards = [...map.querySelectorAll('li.on li.on')].filter(shown)
  return cards.map((item) => {
    const parent = item.parentElement.closest('li').querySelector('.sx-node')
    return line('chain', place(parent), place(item.querySelector('.sx-node')))
  })
}

// What a goal supports outside its branch: dashed, each in a lane of its own, below the joint of the tree.
function alsoLines(map, place) {
  const lanes = new Map()
  return [...map.querySelectorAll('[data-also]')].filter(shown).flatMap((child) => child.dataset.also.split(' ')
    .map((id) => document.getElementById(`g-${id}`)).filter(shown).map((parent) => {
      const to = place(child)
      const column = Math.round(to.left)
      const taken = lanes.get(column) || 0
      lanes.set(column, taken + 1)
      return line('also', place(parent), to, { lane: HALF_GAP - LANE * (1 + taken % 3), drop: LANE * (1 + taken % 3) })
    }))
}

export default function registerGoals(Alpine) {
  Alpine.data('goalmap', () => ({
    zoom: 1,
    init() {
      this.view = this.$root.querySelector('[data-view]')
      this.plane = this.$root.querySelector('[data-plane]')
      this.draw()
      new ResizeObserver(() => this.draw()).observe(this.plane)
      this.$root.addEventListener('htmx:after:swap', () => this.draw())
      if (!this.$root.querySelector('[data-zoom]')) return
      this.view.addEventListener('wheel', (event) => this.wheel(event), { passive: false })
      this.view.addEventListener('touchmove', (event) => this.pinch(event), { passive: false })
      this.view.addEventListener('touchend', () => { this.spread = null })
      this.view.addEventListener('keydown', (event) => this.key(event))
      this.view.addEventListener('pointerdown', (event) => this.grab(event))
    },
    // The button on a card folds its branch; the first click has fetched it.
    flip(event) {
      const button = event.currentTarget
      const branch = document.getElementById(button.getAttribute('aria-controls'))
      const opens = button.getAttribute('aria-expanded') !== 'true'
      button.setAttribute('aria-expanded', opens)
      branch.hidden = !opens
      if (opens) branch.scrollIntoView({ block: 'nearest', inline: 'nearest' }) // a fifth column lies beyond the edge
      this.draw()
    },
    smaller() { this.zoomTo([...ZOOMS].reverse().find((one) => one < this.zoom - 0.01) || LEAST) },
    larger() { this.zoomTo(ZOOMS.find((one) => one > this.zoom + 0.01) || ZOOMS.at(-1)) },
    fit() {
      this.zoomTo(1)
      const { view, plane } = this
      const wide = view.clientWidth / plane.scrollWidth
      this.zoomTo(Math.min(1, wide, view.clientHeight / plane.scrollHeight))
      view.scrollTo(0, 0)
    },
    // `at`: a point of the screen that stays where it is; the middle of the map without one.
    zoomTo(wanted, at) {
      const zoom = Math.min(Math.max(wanted, LEAST), ZOOMS.at(-1))
      const box = this.view.getBoundingClientRect()
      const point = at ? { x: at.clientX - box.left, y: at.clientY - box.top } : { x: box.width / 2, y: box.height / 2 }
      const grown = zoom / this.zoom
      this.plane.style.zoom = zoom
      this.view.scrollLeft = (this.view.scrollLeft + point.x) * grown - point.x
      this.view.scrollTop = (this.view.scrollTop + point.y) * grown - point.y
      this.zoom = zoom
      this.$root.querySelector('[data-zoom]').textContent = `${Math.round(zoom * 100)}%`
      this.draw()
    },
    wheel(event) {
      if (!event.ctrlKey && !event.metaKey) return // the wheel alone scrolls
      event.preventDefault()
      this.zoomTo(this.zoom * Math.exp(-event.deltaY / 400), event)
    },
    pinch(event) {
      if (event.touches.length !== 2) return
      event.preventDefault()
      const [one, other] = event.touches
      const spread = Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY)
      const middle = { clientX: (one.clientX + other.clientX) / 2, clientY: (one.clientY + other.clientY) / 2 }
      if (this.spread) this.zoomTo(this.zoom * spread / this.spread, middle)
      this.spread = spread
    },
    key(event) {
      const act = { '+': 'larger', '=': 'larger', '-': 'smaller', 0: 'fit' }[event.key]
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return
      event.preventDefault()
      this[act]()
    },
    // A mouse drags the empty ground; a finger scrolls by itself.
    grab(event) {
      if (event.pointerType !== 'mouse' || event.button !== 0 || event.target.closest('a,button')) return
      const from = { x: event.clientX + this.view.scrollLeft, y: event.clientY + this.view.scrollTop }
      const move = (to) => this.view.scrollTo(from.x - to.clientX, from.y - to.clientY)
      const stop = () => { removeEventListener('pointermove', move); removeEventListener('pointerup', stop) }
      addEventListener('pointermove', move)
      addEventListener('pointerup', stop)
    },
    draw() {
      const frame = this.$root.querySelector('.sx-links')
      const place = placesIn(frame, this.zoom)
      const also = alsoLines(this.plane, place)
      frame.replaceChildren(...chain(this.plane, place), ...also)
      const open = [...this.plane.querySelectorAll('.sx-node')].filter(shown).length
      this.$root.querySelector('[data-many]').hidden = open <= MANY
    },
  }))
}
