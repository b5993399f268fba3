// The page of a split: sliders and numbers are one value, presets fill them in. Shares come from the server; no text here.
export default function registerQuota(Alpine) {
  Alpine.data('quota', () => ({
    init() {
      this.$el.addEventListener('input', (event) => this.follow(event.target))
      this.$el.addEventListener('click', (event) => this.preset(event.target.closest('[data-weights],[data-only]')))
      this.$el.addEventListener('change', (event) => this.hold(event), true)
      this.$el.addEventListener('htmx:after:swap', () => this.allow())
    },
    // A file is sent once, with the page; the name of a scheme changes no result.
    hold(event) {
      const moved = event.target
      if (!('upload' in moved.dataset) && !('quiet' in moved.dataset)) return
      event.stopPropagation()
      if (moved.files?.length) this.$root.requestSubmit(this.$root.querySelector('[name=act][value=upload]'))
    },
    weights() { return [...this.$root.querySelectorAll('[data-weight]')] },
    range(weight) { return this.$root.querySelector(`[data-range="${weight.id}"]`) },
    // A slider sets its number and the other way round; the number alone is sent.
    follow(moved) {
      if (moved.dataset.range) document.getElementById(moved.dataset.range).value = moved.value
      else if ('weight' in moved.dataset) this.range(moved).value = moved.value
      else return
      this.tell()
    },
    preset(button) {
      if (!button) return
      const listed = button.dataset.weights?.split(',')
      this.weights().forEach((weight, place) => {
        weight.value = listed ? listed[place] : place === Number(button.dataset.only) ? 100 : 0
        this.range(weight).value = weight.value
      })
      this.tell()
      this.$root.dispatchEvent(new Event('change', { bubbles: true }))
    },
    sum() { return this.weights().reduce((all, weight) => all + Number(weight.value), 0) },
    tell() {
      const sum = this.sum()
      this.$root.querySelector('[data-sum]').textContent = Number.isFinite(sum) ? Math.round(sum * 100) / 100 : ''
      if (sum !== 100) this.sendButtons().forEach((button) => { button.disabled = true })
    },
    // Whether a split may be sent, the server says with every result.
    allow() {
      const told = this.$root.querySelector('[data-may-send]')
      this.sendButtons().forEach((button) => { button.disabled = told?.dataset.maySend !== 'true' })
    },
    sendButtons() { return [...document.querySelectorAll('[data-send]')] },
  }))
}
