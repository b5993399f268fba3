// The script of every page: htmx, Alpine and the shell. Everything else is loaded where a page asks for it.
import htmx from 'htmx.org'
import Alpine from '@alpinejs/csp'
import registerDialogs from './dialogs.js'
import registerShell from './shell.js'
import watchRequests from './requests.js'

// <main data-module="goals"> registers the module's Alpine components before Alpine starts
const modules = { goals: () => import('./goals.js'), quota: () => import('./quota.js'), plans: () => import('./plans.js'), sheets: () => import('./sheets.js'), designer: () => import('./designer.js'), flowDesigner: () => import('./flow-designer.js'), formula: () => import('./formula-editor.js'), inbox: () => import('./inbox.js'), rules: () => import('./rules.js') }
// <div data-chart="…"> is mounted when it appears, also after a swap
const features = { chart: () => import('./charts.js') }

const mountIn = async (root) => {
  for (const [name, load] of Object.entries(features)) {
    const found = [...root.querySelectorAll(`[data-${name}]`)]
    if (found.length) { const { mount } = await load(); found.forEach(mount) }
  }
}

window.htmx = htmx
window.Alpine = Alpine
registerShell(Alpine)
registerDialogs(Alpine)
watchRequests()
const wanted = [...document.querySelectorAll('[data-module]')].map((element) => modules[element.dataset.module])
for (const { default: register } of await Promise.all(wanted.filter(Boolean).map((load) => load()))) register(Alpine)
Alpine.start()
mountIn(document)
document.addEventListener('htmx:after:swap', (event) => mountIn(event.target instanceof Element ? event.target : document))
