// Small state of the goals and tracking pages. No text here: it comes from the templates.
const json = id => JSON.parse(document.getElementById(id).textContent)
// Largest remainder inside caps and floors; the sum is exact by construction (the real one lives in engines/, this is its preview).
const allocate = (rows, weights, { total, step, lo, hi }) => {
  const w = weights.reduce((a, b) => a + b, 0) || 1, sums = weights.map((_, i) => rows.reduce((a, r) => a + r.f[i], 0))
  const raw = rows.map(r => weights.reduce((a, x, i) => a + x / w * r.f[i] / sums[i], 0)), fixed = new Map()
  let v = new Map()
  for (let round = 0; round < rows.length; round++) {
    const rest = total - [...fixed.values()].reduce((a, b) => a + b, 0), free = rows.map((_, j) => j).filter(j => !fixed.has(j)), s = free.reduce((a, j) => a + raw[j], 0)
    v = new Map(free.map(j => [j, rest * raw[j] / s])); let hit = false
    for (const j of free) { const h = rows[j].hist; if (v.get(j) > h * hi) { fixed.set(j, Math.floor(h * hi / step) * step); hit = true } else if (v.get(j) < h * lo) { fixed.set(j, Math.ceil(h * lo / step) * step); hit = true } }
    if (!hit) break
  }
  const out = rows.map((_, j) => fixed.has(j) ? fixed.get(j) : Math.floor(v.get(j) / step) * step)
  let left = Math.round((total - out.reduce((a, b) => a + b, 0)) / step)
  for (const j of [...v.keys()].filter(j => !fixed.has(j)).sort((a, b) => v.get(b) % step - v.get(a) % step)) if (left-- > 0) out[j] += step
  return out.map((n, j) => ({ n, capped: fixed.has(j) }))
}
const fmt = n => Math.round(n).toLocaleString('en-US')
export default Alpine => {
  Alpine.data('goalmap', () => ({
    init() { this.draw(); this._ro = new ResizeObserver(() => this.draw()); this._ro.observe(this.$el); this.$el.addEventListener('htmx:after:swap', () => this.draw()) },
    flip(e) { const b = e.currentTarget, ul = document.getElementById(b.getAttribute('aria-controls')), open = b.getAttribute('aria-expanded') !== 'true'; b.setAttribute('aria-expanded', open); ul.hidden = !open; this.draw() },
    draw() { // the chosen chain (solid) and support outside a goal's own branch (dashed, in a lane of its own); on a phone words do both
      const svg = this.$el.querySelector('.sx-links'); if (!svg) return; svg.replaceChildren(); const o = svg.getBoundingClientRect(), ns = 'http://www.w3.org/2000/svg'
      const line = (kind, x1, y1, x2, y2, lane) => { const r = kind === 'chain' ? 0 : Math.min(8, Math.abs(y2 - y1) / 2), s = Math.sign(y2 - y1), h = Math.sign(x2 - x1), p = document.createElementNS(ns, 'path')
        p.setAttribute('class', kind); p.setAttribute('d', r < 1 ? `M${x1} ${y1}H${lane}V${y2}H${x2}` : `M${x1} ${y1}H${lane - h * r}Q${lane} ${y1} ${lane} ${y1 + s * r}V${y2 - s * r}Q${lane} ${y2} ${lane + h * r} ${y2}H${x2}`); svg.append(p) }
      const box = el => { const b = el.getBoundingClientRect(); return { l: b.left - o.left, r: b.right - o.left, t: b.top - o.top, b: b.bottom - o.top, m: b.top + 48.5 - o.top } }
      for (const li of this.$el.querySelectorAll('li.on li.on')) { const a = box(li.parentElement.closest('li').querySelector('.sx-node')), b = box(li.querySelector('.sx-node')); line('chain', a.r, a.m, b.l, b.m, b.l - 22) }
      for (const from of this.$el.querySelectorAll('[data-also]')) { const to = document.getElementById(from.dataset.also); if (!to || !from.offsetParent || !to.offsetParent) continue
        const a = box(from), b = box(to), y2 = b.t > a.t ? b.t + 20 : b.b - 16; line('also', a.l, a.b - 18, b.r + 3, y2, b.r + 32 > a.l - 8 ? b.r + 10 : b.r + 32)
        const c = document.createElementNS(ns, 'circle'); c.setAttribute('cx', b.r + 3.5); c.setAttribute('cy', y2); c.setAttribute('r', 3); svg.append(c) } },
  }))
  Alpine.data('quota', () => ({
    w: [], rows: [], cfg: {}, flat: 0, max: 1,
    init() { const d = json('d-quota'); this.cfg = d.cfg; this.w = d.weights; this.rows = d.rows; this.flat = d.cfg.total / d.rows.length; this.run() },
    run() { const r = allocate(this.rows, this.w.map(Number), this.cfg); this.rows = this.rows.map((x, j) => ({ ...x, n: r[j].n, capped: r[j].capped })); this.max = 2200 },
    set(list) { this.w = list.split(',').map(Number); this.run() },
    like(list) { return this.w.join() === list },
    sum() { return this.w.reduce((a, b) => a + Number(b), 0) }, even() { return this.sum() === 100 },
    total() { return fmt(this.rows.reduce((a, r) => a + r.n, 0)) }, exact() { return this.rows.reduce((a, r) => a + r.n, 0) === this.cfg.total },
    num(r) { return fmt(r.n) }, len(r) { return (r.n / this.max * 100).toFixed(2) + '%' }, tick() { return (this.flat / this.max * 100).toFixed(2) + '%' },
    diff(r) { const d = r.n - this.flat; return (d >= 0 ? '+' : '−') + fmt(Math.abs(d)) }, up(r) { const g = (r.n / r.hist - 1) * 100; return (g >= 0 ? '+' : '−') + Math.abs(g).toFixed(1) + '%' }, hist(r) { return fmt(r.hist) },
    free(r) { return !r.capped },
  }))
}
