// The picture of a flow, drawn by bpmn-js from the BPMN file that the page names. An entry of its own, loaded by the
// pages with a picture alone. Every word comes from the page; the list beside the picture says the same without it.
import NavigatedViewer from 'bpmn-js/lib/NavigatedViewer'

const root = document.querySelector('[data-picture]')
const holder = root.querySelector('[data-canvas]')
const marks = JSON.parse(document.getElementById('picture-marks').textContent)
const STEP = 60, CLOSEST = 3, FARTHEST = 0.15, READABLE = 0.6

// text is measured on a canvas, which knows no inheritance
const { fontFamily } = getComputedStyle(document.body)
// colours are variables, so that the picture follows the theme without being drawn again
const viewer = new NavigatedViewer({
  container: holder,
  bpmnRenderer: { defaultFillColor: 'var(--sx-surface)', defaultStrokeColor: 'var(--sx-edge)', defaultLabelColor: 'var(--sx-ink)' },
  textRenderer: { defaultStyle: { fontFamily, fontSize: 13 }, externalStyle: { fontSize: 12 } },
})

const canvas = () => viewer.get('canvas')
const middle = () => ({ x: holder.clientWidth / 2, y: holder.clientHeight / 2 })
const zoomTo = (scale, at) => canvas().zoom(Math.min(CLOSEST, Math.max(FARTHEST, scale)), at)
const acts = {
  in: () => zoomTo(canvas().zoom() * 1.25, middle()),
  out: () => zoomTo(canvas().zoom() / 1.25, middle()),
  fit: () => { canvas().zoom('fit-viewport', 'auto'); zoomTo(Math.min(1, canvas().zoom() * 0.94), middle()) },
}
const keys = {
  '+': acts.in, '=': acts.in, '-': acts.out, '0': acts.fit,
  ArrowLeft: () => canvas().scroll({ dx: STEP, dy: 0 }), ArrowRight: () => canvas().scroll({ dx: -STEP, dy: 0 }),
  ArrowUp: () => canvas().scroll({ dx: 0, dy: STEP }), ArrowDown: () => canvas().scroll({ dx: 0, dy: -STEP }),
}

function mark() {
  const elements = viewer.get('elementRegistry'), overlays = viewer.get('overlays')
  for (const [code, state] of Object.entries(marks)) {
    if (!elements.get(code)) continue
    canvas().addMarker(code, `sx-mark-${state}`)
    const badge = root.querySelector(`[data-badge="${state}"]`)
    if (badge) overlays.add(code, 'mark', { position: { top: -11, left: -11 }, html: badge.cloneNode(true) })
  }
}

function centre(element) {
  const { width, height } = canvas().viewbox()
  canvas().viewbox({ x: element.x + element.width / 2 - width / 2, y: element.y + element.height / 2 - height / 2, width, height })
}

function show(code) {
  const element = viewer.get('elementRegistry').get(code)
  if (!element) return
  viewer.get('selection').select(element)
  centre(element)
  holder.scrollIntoView({ block: 'nearest' })
}

// too long to be read as a whole: from where the run is, else from the top
function begin(here) {
  canvas().zoom(0.75)
  if (here) return centre(viewer.get('elementRegistry').get(here))
  const { inner, outer } = canvas().viewbox()
  canvas().viewbox({ x: inner.x + (inner.width - outer.width / 0.75) / 2, y: inner.y - 24, width: outer.width / 0.75, height: outer.height / 0.75 })
}

// one finger moves, two zoom; the mouse is bpmn-js's own
function followFingers() {
  const fingers = new Map()
  let apart = 0
  const distance = ([one, other]) => Math.hypot(one.x - other.x, one.y - other.y)
  const at = (event) => { const box = holder.getBoundingClientRect(); return { x: event.clientX - box.left, y: event.clientY - box.top } }
  const lift = (event) => { fingers.delete(event.pointerId); apart = 0 }
  holder.addEventListener('pointerdown', (event) => { if (event.pointerType === 'touch') { fingers.set(event.pointerId, at(event)); apart = 0 } })
  holder.addEventListener('pointermove', (event) => {
    const before = fingers.get(event.pointerId)
    if (!before) return
    const now = at(event)
    fingers.set(event.pointerId, now)
    const points = [...fingers.values()]
    if (points.length === 1) canvas().scroll({ dx: now.x - before.x, dy: now.y - before.y })
    if (points.length !== 2) return
    const wide = distance(points)
    if (apart) zoomTo(canvas().zoom() * wide / apart, { x: (points[0].x + points[1].x) / 2, y: (points[0].y + points[1].y) / 2 })
    apart = wide
  })
  for (const name of ['pointerup', 'pointercancel', 'pointerleave']) holder.addEventListener(name, lift)
}

async function draw() {
  const answer = await fetch(root.dataset.picture)
  if (!answer.ok) throw new Error(`${answer.status}`)
  await viewer.importXML(await answer.text())
  const svg = holder.querySelector('svg[data-element-id], .djs-container > svg')
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', root.dataset.label)
  mark()
  acts.fit()
  const here = Object.keys(marks).find((code) => ['stuck', 'late', 'now'].includes(marks[code]))
  if (canvas().zoom() < READABLE) begin(here)
  root.dataset.drawn = '1'
}

root.addEventListener('click', (event) => {
  const zoom = event.target.closest('[data-zoom]'), step = event.target.closest('[data-goto]')
  if (zoom) acts[zoom.dataset.zoom]()
  if (step) show(step.dataset.goto)
})
holder.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return
  event.preventDefault()
  keys[event.key]()
})
followFingers()
draw().catch((error) => { root.dataset.failed = '1'; console.warn(error) })
