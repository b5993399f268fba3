// The inbox: ticking several, and single keys that can be switched off (WCAG 2.1.4).
const KEPT = 'sextant.inbox.keys'
const typing = /INPUT|TEXTAREA|SELECT/

export default function register(Alpine) {
  Alpine.data('inbox', () => ({
    picked: [],
    keys: localStorage.getItem(KEPT) !== 'off',
    get some() { return this.picked.length > 0 },
    get none() { return this.picked.length === 0 },
    get number() { return String(this.picked.length) },
    clear() { this.picked = [] },
    keep() { localStorage.setItem(KEPT, this.keys ? 'on' : 'off') },
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
      if (key === 'a') this.$root.querySelector('[data-agree]')?.click()
      if (key === 'j' || key === 'k') this.step(key === 'j' ? 1 : -1)
    },
    step(by) {
      const rows = this.rows()
      const at = rows.findIndex((row) => row.hasAttribute('data-on'))
      const link = rows[Math.min(Math.max(at + by, 0), rows.length - 1)]?.querySelector('a')
      link?.focus()
      link?.click()
    },
  }))
}
