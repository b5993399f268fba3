// Native <dialog>: the browser keeps focus inside and gives it back to the opener when it closes.
const find = (id) => document.getElementById(id)

const open = (opener) => {
  const dialog = find(opener.dataset.open)
  if (!dialog || dialog.open) return
  if (opener.dataset.tab) dialog.dispatchEvent(new CustomEvent('sx:tab', { detail: opener.dataset.tab }))
  dialog.showModal()
  dialog.addEventListener('close', () => opener.isConnected && opener.focus(), { once: true })
}

export default function registerDialogs(Alpine) {
  // Buttons need no component of their own: data-open="id", data-close; a click on the veil closes.
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-open]')
    if (opener) return open(opener)
    if (event.target.closest('[data-close]')) return event.target.closest('dialog')?.close()
    if (event.target instanceof HTMLDialogElement) event.target.close()
  })
  // A drawer filled by htmx: <a hx-get="…" hx-target="#why-body" data-open="why">
  Alpine.data('drawer', () => ({
    tab: '',
    init() { this.tab = this.$el.dataset.tab || ''; this.$el.addEventListener('sx:tab', (event) => { this.tab = event.detail }) },
    is(name) { return this.tab === name },
    go(name) { this.tab = name },
  }))
}
