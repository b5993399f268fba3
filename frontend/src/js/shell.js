// Theme, account menu, tabs and other small state that any page may use. No text here: it comes from the templates.
const YEAR = 31536000

// '' follows the system: the attribute goes, and the style sheet asks the system itself
const applyTheme = (theme) => {
  if (theme) document.documentElement.dataset.theme = theme
  else delete document.documentElement.dataset.theme
  document.cookie = `theme=${theme};path=/;max-age=${theme ? YEAR : 0};samesite=lax`
  document.dispatchEvent(new CustomEvent('sx:theme'))
}
const isDark = () => getComputedStyle(document.documentElement).colorScheme === 'dark'

export default function registerShell(Alpine) {
  Alpine.data('shell', () => ({
    theme: document.documentElement.dataset.theme || '',
    pickTheme(theme) { this.theme = theme; applyTheme(theme) },
    isTheme(theme) { return this.theme === theme },
    toggleTheme() { this.pickTheme(isDark() ? 'light' : 'dark') },
  }))
  // A menu under a button: Escape and a click elsewhere close it, focus returns to the button.
  Alpine.data('menu', () => ({
    shown: false,
    toggle() { this.shown = !this.shown },
    close() { if (this.shown) { this.shown = false; this.$refs.button?.focus() } },
    away() { this.shown = false },
  }))
  // Tabs: arrow keys walk, the panel follows. <div x-data="tabs" data-tab="first">
  Alpine.data('tabs', () => ({
    tab: '',
    init() { this.tab = this.$el.dataset.tab },
    is(name) { return this.tab === name },
    go(name) { this.tab = name },
    walk(event) {
      const all = [...event.currentTarget.querySelectorAll('[role="tab"]')]
      const step = { ArrowRight: 1, ArrowLeft: -1, Home: -all.length, End: all.length }[event.key]
      if (!step) return
      event.preventDefault()
      const at = all.indexOf(document.activeElement)
      const next = Math.abs(step) === 1 ? (at + step + all.length) % all.length : step < 0 ? 0 : all.length - 1
      all[next].focus(); all[next].click()
    },
  }))
  // Rows of a tree that fold; `parents` are the keys above a row.
  Alpine.data('tree', () => ({
    closed: {},
    toggle(key) { this.closed = { ...this.closed, [key]: !this.closed[key] } },
    shown(parents) { return !parents.split(' ').some((key) => key && this.closed[key]) },
  }))
  // Copies the text of its data-copy, or of the element it names with #id.
  Alpine.data('copy', () => ({
    done: false,
    async copy() {
      const source = this.$el.dataset.copy
      const text = source.startsWith('#') ? document.querySelector(source).textContent : source
      await navigator.clipboard.writeText(text)
      this.done = true
      setTimeout(() => { this.done = false }, 2000)
    },
  }))
  // File drop: names what was chosen.
  Alpine.data('drop', () => ({
    name: '', size: 0, over: false,
    take(event) { const [file] = event.target.files; this.name = file ? file.name : ''; this.size = file ? file.size : 0; this.over = false },
    enter() { this.over = true }, leave() { this.over = false },
    empty() { return !this.name }, full() { return !!this.name },
    sizeText() { return this.size < 1048576 ? `${Math.max(1, Math.round(this.size / 1024))} KB` : `${(this.size / 1048576).toFixed(1)} MB` },
  }))
  // A form that sends itself when a select in it changes (filters); without a script its button does.
  Alpine.data('autosend', () => ({ send() { this.$root.requestSubmit() } }))
}
