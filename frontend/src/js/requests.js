// What happens around requests: errors are told in words, nothing is sent twice, a lost session leads to the sign-in page.
const toasts = () => document.getElementById('sx-toasts')

export function say(sentence) {
  const area = toasts()
  const toast = document.getElementById('sx-toast')?.content.firstElementChild.cloneNode(true)
  if (!area || !toast || !sentence) return
  toast.querySelector('span').textContent = sentence
  area.append(toast)
}

// Good news goes by itself, unless somebody is reading it; errors stay until they are closed.
const FADE_AFTER = 8000
const fadeToasts = (root) => root.querySelectorAll('.sx-toast[data-fade]').forEach((toast) => {
  delete toast.dataset.fade
  const go = () => (toast.matches(':hover,:focus-within') ? setTimeout(go, 2000) : toast.remove())
  setTimeout(go, FADE_AFTER)
})
// Sentences stand in the data attributes of the toast area: the page is translated, the script is not.
const word = (name) => toasts()?.dataset[name] || ''

// An error fragment says its sentence in role="alert"; a whole page or nothing gets the general one.
const sentenceOf = (ctx) => {
  const found = new DOMParser().parseFromString(ctx.text || '', 'text/html').querySelector('[role="alert"]')
  const { status } = ctx.response
  return found?.textContent.trim() || word(status === 403 ? 'forbidden' : status === 404 ? 'missing' : status === 413 ? 'large' : 'failed')
}

// Answers that carry a form with its errors, or a conflict to be shown: they are swapped as usual.
const SHOWN = [400, 409, 422]
const loadsItself = (element) => /\b(load|revealed|intersect)\b/.test(element.getAttribute('hx-trigger') || '')

const onErrorAnswer = ({ detail: { ctx } }) => {
  const { status } = ctx.response
  if (status === 401) {
    const next = encodeURIComponent(location.pathname + location.search)
    if (ctx.hx.redirect && !ctx.hx.redirect.includes('?')) ctx.hx.redirect += `?next=${next}`
    return
  }
  if (SHOWN.includes(status)) return
  if (loadsItself(ctx.sourceElement) && status !== 500) return // a part of the page that could not be had says so in its place
  ctx.swap = 'none'
  tell(ctx, sentenceOf(ctx))
}
const onFailure = ({ detail: { ctx, error } }) => tell(ctx, word(error instanceof TypeError ? 'offline' : error?.name === 'AbortError' ? 'slow' : 'failed'))

// A drawer or dialog that could not be filled says so in its place and offers to try again; anything else is a toast.
const FILLED = '.sx-drawer-body'
function tell(ctx, sentence) {
  const place = ctx && !changes(ctx) && placeOf(ctx)
  const note = place && document.getElementById('sx-retry')?.content.firstElementChild.cloneNode(true)
  if (!note) return say(sentence)
  note.querySelector('span').textContent = sentence
  const again = note.querySelector('button')
  again.addEventListener('click', () => { again.setAttribute('aria-busy', 'true'); window.htmx.ajax('GET', ctx.request.action, { target: place, swap: 'innerHTML', source: ctx.sourceElement }) })
  place.replaceChildren(note)
}
const placeOf = ({ target }) => {
  const place = typeof target === 'string' ? document.querySelector(target) : target
  return place?.matches?.(FILLED) ? place : null
}

const changes = (ctx) => !/^(GET|HEAD|DIALOG)$/i.test(ctx.request.method)
const buttonOf = (ctx) => ctx.request.submitter || ctx.sourceElement

function guardHtmx() {
  const busy = new WeakSet()
  document.addEventListener('htmx:config:request', (event) => {
    const { ctx } = event.detail
    if (!changes(ctx)) return
    if (busy.has(ctx.sourceElement)) return event.preventDefault()
    busy.add(ctx.sourceElement)
    buttonOf(ctx).setAttribute('aria-busy', 'true')
  })
  document.addEventListener('htmx:finally:request', ({ detail: { ctx } }) => {
    busy.delete(ctx.sourceElement)
    buttonOf(ctx)?.removeAttribute('aria-busy')
  })
}

function guardForms() {
  const usesHtmx = (form, button) => [form, button].some((element) => element?.matches('[hx-post],[hx-put],[hx-patch],[hx-delete],[hx-get]'))
  const release = (form) => { delete form.dataset.sent; form.querySelectorAll('[aria-busy]').forEach((button) => button.removeAttribute('aria-busy')) }
  document.addEventListener('submit', (event) => {
    const { target: form, submitter } = event
    if (form.method === 'dialog' || form.target || 'again' in form.dataset || usesHtmx(form, submitter)) return
    if (form.dataset.sent) return event.preventDefault()
    if (event.defaultPrevented) return
    form.dataset.sent = '1'
    submitter?.setAttribute('aria-busy', 'true')
    setTimeout(release, 15000, form) // a download or a lost answer must not lock the form for ever
  })
  addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach(release))
}

function showProgress() {
  let open = 0, timer
  const bar = () => document.querySelector('.sx-loading')
  const show = () => bar()?.setAttribute('data-on', '')
  document.addEventListener('htmx:before:request', () => { if (!open++) timer = setTimeout(show, 250) })
  document.addEventListener('htmx:finally:request', () => { open = Math.max(0, open - 1); if (!open) { clearTimeout(timer); bar()?.removeAttribute('data-on') } })
}

export default function watchRequests() {
  document.addEventListener('htmx:response:error', onErrorAnswer)
  document.addEventListener('htmx:error', onFailure)
  document.addEventListener('click', (event) => { if (event.target.closest('[data-dismiss]')) event.target.closest('.sx-toast,.sx-note')?.remove() })
  document.addEventListener('sx:say', ({ detail: name }) => say(word(name)))
  fadeToasts(document)
  document.addEventListener('htmx:after:swap', () => fadeToasts(document))
  guardHtmx()
  guardForms()
  showProgress()
}
