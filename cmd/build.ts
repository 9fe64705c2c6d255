/**
 * `npm run build`: the program and the packages it uses → a few files in `dist/cmd`, or below another folder when one
 * is named.
 *
 * Node finds, reads and links modules one by one; three hundred of them take longer than most commands take for their
 * work. Commands stay files of their own that are loaded when they run. The licences of the packages go along, as they
 * ask for.
 */
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const folder = resolve(process.argv[2] ?? join(ROOT, 'dist'))

await rm(folder, { recursive: true, force: true })
const { metafile } = await build({
  absWorkingDir: ROOT,
  entryPoints: ['cmd/main.ts'],
  outdir: join(folder, 'cmd'),
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22',
  // Errors are told apart by their names.
  keepNames: true,
  metafile: true,
  logLevel: 'warning',
  // Packages in CommonJS ask for Node's own modules with `require`, which an ES module has to make.
  banner: {
    js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
  },
})
await writeFile(join(folder, 'LICENSES.txt'), await licencesOf(packagesIn(Object.keys(metafile.inputs))))
await chmod(join(folder, 'cmd/main.js'), 0o755)

/** `node_modules/yaml/dist/index.js` → `node_modules/yaml`; sorted, each once. */
function packagesIn(files: readonly string[]): readonly string[] {
  const found = files.flatMap(file => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? [])
  return [...new Set(found)].sort()
}

/** @throws Error for a package that says nothing about its licence */
async function licencesOf(packages: readonly string[]): Promise<string> {
  const parts = packages.map(async at => {
    const path = join(ROOT, at)
    const about = JSON.parse(await readFile(join(path, 'package.json'), 'utf8')) as Record<string, unknown>
    const file = (await readdir(path)).find(name => /^licen[cs]e/i.test(name))
    if (file === undefined && about.license === undefined) throw new Error(`${at} has no licence`)
    const text = file === undefined ? '' : await readFile(join(path, file), 'utf8')
    return `${about.name} ${about.version}: ${about.license}\n\n${text.trim()}\n`
  })
  const rule = `\n${'-'.repeat(80)}\n\n`
  return `Packages that are part of the files in cmd/, and their licences.\n${rule}${(await Promise.all(parts)).join(rule)}`
}
