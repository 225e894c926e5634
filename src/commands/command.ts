import type { Source } from '../answering/workings.ts'
import type { Turn } from '../chat/turn.ts'
import type { Retrieve } from '../search/retrieval.ts'
import type { Session, SessionChange } from '../sessions/session.ts'

/** An argument as a command declares it; its name is that of `--name`, and in capitals its place in the usage. */
export type ArgumentSpec = TextArgument | IntegerArgument | ChoiceArgument

interface NamedArgument {
  /** Lower case. */
  readonly name: string
  readonly summary: string
  /** Default: it may be left out. */
  readonly required?: boolean
}

export interface TextArgument extends NamedArgument {
  readonly type: 'text'
  /**
   * Takes all that is left of the message, so that plain language needs no quotes and an apostrophe opens none. `unquoted`: where all of it
   * is one quoted text, its content. `verbatim`: as written, since quotes mean something there. Only a command's last argument can be one.
   */
  readonly rest?: 'unquoted' | 'verbatim'
}

export interface IntegerArgument extends NamedArgument {
  readonly type: 'integer'
  readonly min: number
  readonly max: number
  readonly default?: number
}

export interface ChoiceArgument extends NamedArgument {
  readonly type: 'choice'
  /** Lower case; what is written is matched without regard to case. */
  readonly choices: readonly string[]
}

export type ArgumentValue = string | number

/** The checked values of arguments by their names, typed by their declaration; undefined: left out, and there is no default. */
export type ArgumentValues<Specs extends readonly ArgumentSpec[]> = {
  readonly [Spec in Specs[number] as Spec['name']]: Spec extends { required: true } | { default: number }
    ? ValueOf<Spec>
    : ValueOf<Spec> | undefined
}

type ValueOf<Spec extends ArgumentSpec> = Spec extends IntegerArgument
  ? number
  : Spec extends ChoiceArgument
    ? Spec['choices'][number]
    : string

/** One row of the command table: everything that is known of a command, from which parsing, checks, help and documentation come. */
export interface Command<Specs extends readonly ArgumentSpec[] = readonly ArgumentSpec[]> {
  /** Lower case, without the slash. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  /** In the order in which they are given when they are not named. */
  readonly arguments: Specs
  /** A message that works. */
  readonly example: string
  /** Answers in plain text; what is to be expected, such as no answer to speak of yet, is said and not thrown. */
  run(args: ArgumentValues<Specs>, context: CommandContext): CommandResult | Promise<CommandResult>
}

export interface CommandResult {
  /** Plain text in short lines, for a terminal as for a page. */
  readonly response: string
  readonly sources?: readonly Source[]
  /** Messages that may be what was meant. */
  readonly suggestions?: readonly string[]
}

/** What commands need of the house, for one session. The chat folder fills it. */
export interface CommandContext {
  readonly session: Session
  readonly retrieve: Retrieve
  /** The session's newest turns, newest first, whatever the context; of erased ones message and response are empty. */
  turns(limit: number): Promise<readonly Turn[]>
  updateSession(change: SessionChange): Promise<void>
  /** Erases what was said in the session; resolves to the number of turns. */
  eraseContent(): Promise<number>
  /** Judges a turn of this session; resolves to whether it is still there. */
  recordFeedback(turnId: string, judgement: { readonly correct: boolean; readonly comment?: string }): Promise<boolean>
  status(): Promise<ServerStatus>
}

/** The server's state, as it may be told to anybody who chats. */
export interface ServerStatus {
  readonly version: string
  readonly uptimeMs: number
  readonly openSessions: number
  readonly documents: number
  readonly passages: number
  /** `ok`, or in a few words what is wrong. */
  readonly database: string
}

/** Types a command's `run` by the arguments that it declares. */
export function defineCommand<const Specs extends readonly ArgumentSpec[]>(command: Command<Specs>): Command {
  return command
}
