// Small state of the goal pages. No text here: it comes from the templates.
const SVG = 'http://www.w3.org/2000/svg'
const JOINT = 48.5 // px below a card's top where lines leave and arrive, as .sx-map draws them
const HALF_GAP = 22 // px: half of the gap between two columns

function placesIn(frame) {
  const origin = frame.getBoundingClientRect()
  return (element) => {
    const box = element.getBoundingClientRect()
    return { left: box.left - origin.left, right: box.right - origin.left, joint: box.top + JOINT - origin.top }
  }
}

function connect(parent, child) {
  const path = document.createElementNS(SVG, 'path')
  path.setAttribute('class', 'chain')
  path.setAttribute('d', `M${parent.right} ${parent.joint}H${child.left - HALF_GAP}V${child.joint}H${child.left}`)
  return path
}

// The chosen chain, drawn over the hairlines of the tree. On a narrow screen the cards' own borders say it.
function drawChain(map) {
  const frame = map.querySelector('.sx-links')
  if (!frame) return
  const place = placesIn(frame)
  const cards = [...map.querySelectorAll('li.on li.on')].filter((item) => item.offsetParent)
  frame.replaceChildren(...cards.map((item) => {
    const parent = item.parentElement.closest('li').querySelector('.sx-node')
    return connect(place(parent), place(item.querySelector('.sx-node')))
  }))
}

export default function registerGoals(Alpine) {
  Alpine.data('goalmap', () => ({
    init() {
      this.draw()
      new ResizeObserver(() => this.draw()).observe(this.$el)
      this.$el.addEventListener('htmx:after:swap', () => this.draw())
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
    draw() { drawChain(this.$root) },
  }))
}
