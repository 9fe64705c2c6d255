/**
 * A command line that cannot be understood: says what is wrong with which word, and what was probably meant; exits 1,
 * and with `--json` as a document like any other error.
 */
import type { Argv } from 'yargs'
import { suggestKey } from '../lib/config/key-suggestion.ts'
import { messageOf, UsageError } from '../lib/errors.ts'
import { type Command, invoke } from './invocation.ts'
import { OPTION_TYPES } from './options/option-types.ts'

interface Commands {
  readonly [name: string]: Commands
}

/** Every command, and those below it. */
const COMMANDS: Commands = {
  init: {},
  validate: {},
  migrate: {},
  'import-config': {},
  plan: {},
  apply: {},
  show: {},
  state: { list: {}, show: {}, 'registries-conf': {}, forget: {}, unlock: {} },
  refresh: {},
  import: {},
  verify: {},
  why: {},
  list: { releases: {}, operators: {} },
  resources: {},
  extract: {},
  archive: { inspect: {}, verify: {}, repair: {} },
  receipt: { import: {} },
  serve: {},
  mirror: {},
  delete: {},
  adm: { release: { mirror: {}, extract: {} }, catalog: { mirror: {} }, migrate: { icsp: {} } },
  image: { mirror: {} },
  completion: {},
}

/** Runs the command line; one that is refused never gets as far as its command. */
export async function runCommandLine(line: Argv, argv: readonly string[]): Promise<void> {
  try {
    await line.parseAsync()
  } catch (error) {
    const refuse: Command<object> = async () => {
      throw error
    }
    const json = argv.includes('--json')
    process.exitCode = await invoke(refuse, { json, logFormat: 'text', progress: 'none' })
  }
}

/** For yargs' `fail`. Commands catch their own errors, so what arrives here is about the command line. */
export function failUsage(argv: readonly string[]) {
  return (message: string | null, error: Error | undefined, help: Argv): void => {
    if (error instanceof UsageError) throw error
    const text = message || (error === undefined ? '' : messageOf(error))
    if (text !== '') throw explain(text, argv)
    help.showHelp('error')
    process.exitCode = 1
  }
}

/** For yargs' `check`: what its types let pass. */
export function checkValues(argv: readonly string[]) {
  return (args: Readonly<Record<string, unknown>>): true => {
    checkSwitches(args, argv)
    return checkTypes(args)
  }
}

/** yargs takes everything but `true` for false: `--dry-run=1` would be no dry run. @throws UsageError */
function checkSwitches(args: Readonly<Record<string, unknown>>, argv: readonly string[]): void {
  for (const word of argv) {
    const [, name = '', value = ''] = /^--?([^-=][^=]*)=(.*)$/s.exec(word) ?? []
    if (typeof args[name] !== 'boolean' || value === String(args[name])) continue
    throw new UsageError(`${dashed(name)} may not be "${value}"`, {
      hint: `write ${dashed(name)}, or ${dashed(name)}=false`,
    })
  }
}

/** @throws UsageError */
function checkTypes(args: Readonly<Record<string, unknown>>): true {
  for (const [name, { type, least = 0 }] of Object.entries(OPTION_TYPES)) {
    const value = args[name]
    if (value === undefined || type === 'array') continue
    if (Array.isArray(value))
      throw new UsageError(`--${name} was given twice: ${value.join(' and ')}`, {
        hint: 'give it once; only -c, -f, --from, --mapping, --volumes, --only, --exclude and --samples-from may be repeated',
      })
    if (type === 'number' && !(Number.isInteger(value) && Number(value) >= least))
      throw new UsageError(`--${name} must be a whole number, ${least} or more`, {
        hint: `for instance --${name}=${Math.max(least, 4)}`,
      })
  }
  return true
}

/** yargs' English message → the same in the words of this program. */
function explain(text: string, argv: readonly string[]): UsageError {
  const message = text.replace(/\s*\n\s*/g, ' ').trim()
  const help = helpCommand(argv)
  const unknown = /^Unknown (?:argument|command)s?: (.*)$/.exec(message)?.[1]?.split(', ')
  if (unknown !== undefined) return unknownWord(unknown, argv)
  const bare = /^Not enough arguments following: (.*)$/.exec(message)?.[1]
  if (bare !== undefined) return new UsageError(`${dashed(bare)} needs a value`, { hint: `see ${help}` })
  const missing = /^Missing required argument: (.*)$/.exec(message)?.[1]
  if (missing !== undefined) return new UsageError(`${dashed(missing)} is missing`, { hint: `see ${help}` })
  const choice = /^Invalid values: Argument: (\S+), Given: (.*), Choices: (.*)$/.exec(message)
  if (choice !== null)
    return new UsageError(`--${choice[1]} may not be ${choice[2]}`, { hint: `choose one of ${choice[3]}` })
  if (/^Not enough non-option arguments/.test(message))
    return new UsageError(`${readCommand(argv).named.join(' ')}: an argument is missing`, {
      hint: `see ${help}`,
    })
  return new UsageError(message, { hint: `see ${help}` })
}

function unknownWord(words: readonly string[], argv: readonly string[]): UsageError {
  const help = helpCommand(argv)
  const option = words.find(word => isOption(word, argv))
  if (option !== undefined) {
    const near = suggestKey(option, Object.keys(OPTION_TYPES))
    return new UsageError(`there is no option ${dashed(option)} here`, {
      hint:
        near === undefined || near === option
          ? `${help} lists the options`
          : `did you mean --${near}? ${help} lists the options`,
    })
  }
  const { named, next = '', below } = readCommand(argv)
  if (below.length > 0) return unknownCommand(next, below, ['mirrorform', ...named].join(' '))
  return new UsageError(`${named.join(' ')} does not take ${words.map(word => `"${word}"`).join(' and ')}`, {
    hint: `see ${help}`,
  })
}

function unknownCommand(word: string, known: readonly string[], above: string): UsageError {
  const near = suggestKey(word, known)
  return new UsageError(`${above} has no command "${word}"`, {
    hint: `${near === undefined ? '' : `did you mean "${near}"? `}${above} --help lists the commands`,
  })
}

/** yargs names options without their dashes. */
function isOption(name: string, argv: readonly string[]): boolean {
  return argv.some(word => word.replace(/=.*$/s, '') === dashed(name))
}

function dashed(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

interface NamedCommand {
  /** The words that name a command as far as they are right: `state list`. */
  readonly named: readonly string[]
  /** The first that does not. */
  readonly next: string | undefined
  /** What could stand in its place; nothing where the command is named in full. */
  readonly below: readonly string[]
}

function readCommand(argv: readonly string[]): NamedCommand {
  const words = argv.filter(word => !word.startsWith('-'))
  let commands = COMMANDS
  for (const [at, word] of words.entries()) {
    const found = Object.hasOwn(commands, word) ? commands[word] : undefined
    if (found === undefined) return { named: words.slice(0, at), next: word, below: Object.keys(commands) }
    commands = found
  }
  return { named: words, next: undefined, below: Object.keys(commands) }
}

function helpCommand(argv: readonly string[]): string {
  return ['mirrorform', ...readCommand(argv).named, '--help'].join(' ')
}
