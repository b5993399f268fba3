// The inbox: ticking several, answers that can be taken back, and single keys that can be switched off (WCAG 2.1.4).
import { say } from './requests.js'

const KEPT = 'sextant.inbox.keys'
const typing = /INPUT|TEXTAREA|SELECT/

// An answer waits this long before it is sent. Leaving the page sends it at once; nothing is lost but the way back.
const HOLD = 8000

class Held {
  constructor(form, submitter, rows, text) {
    this.url = form.action
    this.body = new FormData(form, submitter)
    this.rows = rows
    rows.forEach((row) => { row.hidden = true })
    this.toast = document.getElementById('sx-held').content.firstElementChild.cloneNode(true)
    this.toast.querySelector('span').textContent = text
    this.toast.querySelector('[data-undo]').addEventListener('click', () => this.undo())
    document.getElementById('sx-toasts').append(this.toast)
    this.timer = setTimeout(() => this.send(), HOLD)
    waiting.add(this)
  }
  stop() {
    clearTimeout(this.timer)
    this.toast.remove()
    return waiting.delete(this)
  }
  undo() {
    if (!this.stop()) return
    this.show()
  }
  show() {
    this.rows.forEach((row) => { row.hidden = false })
    this.rows[0]?.querySelector('a')?.focus()
  }
  async send() {
    if (!this.stop()) return
    let told
    try {
      const answer = await fetch(this.url, { method: 'POST', body: this.body, headers: { Accept: 'application/json' }, keepalive: true })
      told = await answer.json()
    } catch {
      this.show()
      return document.dispatchEvent(new CustomEvent('sx:say', { detail: 'failed' }))
    }
    if (!told.refused.length) return this.rows.forEach((row) => row.remove())
    this.show()
    told.refused.forEach(say)
  }
}
const waiting = new Set()
addEventListener('pagehide', () => [...waiting].forEach((one) => one.send()))

const plain = (submitter) => !submitter || !['return', 'pass'].includes(submitter.value)

export default function register(Alpine) {
  Alpine.data('inbox', () => ({
    picked: [],
    keys: localStorage.getItem(KEPT) !== 'off',
    get some() { return this.picked.length > 0 },
    get none() { return this.picked.length === 0 },
    get number() { return String(this.picked.length) },
    get single() { return this.picked.some((id) => this.$root.querySelector(`[data-work="${id}"] [data-single]`)) },
    clear() { this.picked = [] },
    keep() { localStorage.setItem(KEPT, this.keys ? 'on' : 'off') },
    // what is agreed to leaves the list at once and is sent when nobody took it back
    hold(event) {
      const { target: form, submitter } = event
      if (!('hold' in form.dataset) || !plain(submitter)) return
      event.preventDefault()
      const rows = this.rowsOf(form)
      const next = this.rows().find((row) => !row.hidden && !rows.includes(row))
      new Held(form, submitter, rows, form.dataset.hold)
      this.clear()
      if (innerWidth >= 768) next?.querySelector('a')?.click()
    },
    rowsOf(form) {
      if (form.id !== 'sx-batch') return this.rows().filter((row) => row.dataset.work === form.dataset.item)
      return this.picked.map((id) => this.$root.querySelector(`[data-work="${id}"]`))
    },
    // what is chosen is marked at once; htmx brings the preview
    open(event) {
      if (innerWidth < 768) return
      this.rows().forEach((row) => row.removeAttribute('data-on'))
      event.currentTarget.closest('[data-work]').setAttribute('data-on', '')
    },
    rows() { return [...this.$root.querySelectorAll('[data-work]')] },
    press(event) {
      if (!this.keys || event.metaKey || event.ctrlKey || event.altKey || document.querySelector('dialog[open]')) return
      if (typing.test(event.target.tagName) && event.target.type !== 'checkbox') return
      const key = event.key.toLowerCase()
      if (key === 'a') this.$root.querySelector('#work [data-agree]')?.click()
      if (key === 'j' || key === 'k') this.step(key === 'j' ? 1 : -1)
    },
    step(by) {
      const rows = this.rows().filter((row) => !row.hidden)
      const at = rows.findIndex((row) => row.hasAttribute('data-on'))
      const link = rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.querySelector('a')
      link?.focus()
      link?.click()
    },
  }))
}
