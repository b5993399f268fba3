// Builds src/sextant/static/dist: one style sheet, one script with lazy chunks, one sprite of the icons in use, the sheet of the
// designers, the picture of flows with its own sheet, and a manifest.
// `node build.mjs` builds once; `--watch` again after every change of a source or a template.
import { build } from 'esbuild'
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, watch, writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, gzipSync } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..')
const templates = join(root, 'src/sextant/templates')
const out = join(root, 'src/sextant/static/dist')
const fresh = join(here, `.build.${process.pid}`) // built aside and swapped in whole: a running server never meets half a build
const tailwind = join(here, 'node_modules/@tailwindcss/cli/dist/index.mjs')
const icons = join(here, 'node_modules/lucide-static/icons')

const options = {
  absWorkingDir: here, nodePaths: [join(here, 'node_modules')], outdir: fresh, bundle: true, minify: true, metafile: true,
  target: ['chrome99', 'safari15.4', 'firefox110'], loader: { '.woff2': 'file' }, logLevel: 'warning', legalComments: 'none',
  entryNames: '[name]-[hash]', assetNames: '[name]-[hash]', chunkNames: 'c-[name]-[hash]',
}

const files = (folder) => readdirSync(folder, { withFileTypes: true })
  .flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))

// What is shipped although no bundle names it: generated styles, icons, the font, and what Alpine carries inside.
const shipped = ['tailwindcss', 'daisyui', 'lucide-static', '@fontsource-variable/inter', '@vue/reactivity', '@vue/shared']

async function buildStyles() {
  const sheet = join(here, `.cache.${process.pid}.css`)
  try {
    execFileSync(process.execPath, [tailwind, '-i', 'src/css/app.css', '-o', sheet, '--minify'], { cwd: here, stdio: ['ignore', 'ignore', 'pipe'] })
    return (await build({ ...options, entryPoints: { app: sheet, picture: 'src/css/picture.css', studio: 'src/css/studio.css' } })).metafile
  } finally {
    rmSync(sheet, { force: true })
  }
}

async function buildScripts() {
  return (await build({ ...options, entryPoints: { app: 'src/js/app.js', picture: 'src/js/picture.js' }, format: 'esm', splitting: true })).metafile
}

// Icons that templates name; those that only come from Python are listed in icons.txt.
function namedIcons() {
  const named = new Set(readFileSync(join(here, 'icons.txt'), 'utf8').split(/\s+/).filter(Boolean))
  for (const file of files(templates)) {
    for (const [, one, other] of readFileSync(file, 'utf8').matchAll(/<c-icon[^>]*?\sname="([a-z0-9-]+)"|\sicon="([a-z0-9-]+)"/g)) named.add(one || other)
  }
  return [...named].sort()
}

function symbol(name) {
  const file = join(icons, `${name}.svg`)
  if (!existsSync(file)) throw new Error(`no icon "${name}": it is named in a template or in icons.txt, but lucide has none`)
  const [, shapes] = readFileSync(file, 'utf8').replace(/<!--.*?-->/gs, '').match(/<svg[^>]*>([\s\S]*)<\/svg>/)
  return `<symbol id="${name}" viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="1.75" stroke-linecap="round" stroke-linejoin="round">${shapes.replace(/\s+/g, ' ').trim()}</symbol>`
}

function buildSprite() {
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${namedIcons().map(symbol).join('')}</svg>`
  const name = `icons-${createHash('sha256').update(sprite).digest('hex').slice(0, 8)}.svg`
  writeFileSync(join(fresh, name), sprite)
  return name
}

// A lazy chunk is marked as an entry point too: app.js is told apart by its exact path.
function manifestOf(styles, scripts, sprite) {
  const manifest = { 'icons.svg': sprite }
  for (const [path, output] of Object.entries({ ...styles.outputs, ...scripts.outputs })) {
    const name = basename(path)
    if (output.entryPoint === 'src/js/app.js') {
      manifest['app.js'] = name
      manifest.preload = output.imports.filter((one) => one.kind === 'import-statement').map((one) => basename(one.path))
    }
    if (output.entryPoint === 'src/js/picture.js') manifest['picture.js'] = name
    if (extname(name) === '.css') manifest[`${name.slice(0, name.lastIndexOf('-'))}.css`] = name
    else if (extname(name) === '.woff2') manifest['inter.woff2'] = name
  }
  return manifest
}

// The bundles carry no comments; the licences of everything in them stand in one file beside them.
function writeLicences({ inputs }) {
  const bundled = Object.keys(inputs).flatMap((path) => path.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//)?.[1] ?? [])
  const texts = [...new Set([...shipped, ...bundled])].sort().map((name) => {
    const folder = join(here, 'node_modules', name)
    const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry))
    return `${name} ${version} (${license})\n\n${file ? readFileSync(join(folder, file), 'utf8').trim() : ''}`
  })
  writeFileSync(join(fresh, 'licences.txt'), texts.join(`\n\n${'-'.repeat(80)}\n\n`) + '\n')
}

// Compressed once here, so that the server never compresses them again; woff2 is compressed already.
function compress() {
  const rows = []
  for (const name of readdirSync(fresh).sort()) {
    const bytes = readFileSync(join(fresh, name))
    if (['.css', '.js', '.svg'].includes(extname(name))) {
      writeFileSync(join(fresh, `${name}.gz`), gzipSync(bytes, { level: 9 }))
      writeFileSync(join(fresh, `${name}.br`), brotliCompressSync(bytes))
    }
    rows.push(`${name.padEnd(44)} ${String(bytes.length).padStart(8)}  gz ${String(gzipSync(bytes, { level: 9 }).length).padStart(7)}`)
  }
  return rows
}

async function buildAll() {
  const started = Date.now()
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  try {
    const [styles, scripts] = [await buildStyles(), await buildScripts()]
    const manifest = manifestOf(styles, scripts, buildSprite())
    const rows = compress()
    writeLicences(scripts)
    writeFileSync(join(fresh, 'manifest.json'), JSON.stringify(manifest, null, 1) + '\n')
    swapIn()
    console.log(`${rows.join('\n')}\nbuilt in ${Date.now() - started} ms`)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
}

function swapIn() {
  const old = `${fresh}.old`
  if (existsSync(out)) renameSync(out, old)
  mkdirSync(dirname(out), { recursive: true })
  renameSync(fresh, out)
  rmSync(old, { recursive: true, force: true })
}

function watchAll() {
  let timer, running = Promise.resolve()
  const soon = () => {
    clearTimeout(timer)
    timer = setTimeout(() => { running = running.then(buildAll).catch(report) }, 150)
  }
  const report = (error) => console.error(error.message)
  for (const folder of [join(here, 'src'), templates]) watch(folder, { recursive: true }, soon)
  soon()
}

if (process.argv.includes('--watch')) watchAll()
else await buildAll()
