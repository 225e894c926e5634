import type { Source } from '../answering/workings.ts'
import type { Turn } from '../chat/turn.ts'
import type { ReplyText } from '../reply-text.ts'
import type { FindPassages } from '../search/retrieval.ts'
import type { Session, SessionChange } from '../sessions/session.ts'
import type { LanguageTexts } from '../wording/texts.ts'

/** The declaration of an argument. Its name is used as `--name`, and in capitals in the usage. */
export type ArgumentSpec = TextArgument | IntegerArgument | ChoiceArgument

interface NamedArgument {
  /** Lower case. */
  readonly name: string
  readonly summary: string
  /** Default: false. */
  readonly required?: boolean
}

export interface TextArgument extends NamedArgument {
  readonly type: 'text'
  /**
   * Takes the rest of the message, so plain language needs no quotes. `unquoted` removes quotes
   * around the whole rest; `verbatim` keeps them. Only for a command's last argument.
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
  /** In lower case. Matching ignores case. */
  readonly choices: readonly string[]
  /** Reads other spellings of a choice. */
  readonly read?: (text: string) => string | undefined
}

export type ArgumentValue = string | number

/** The checked values of the arguments by name. Undefined: omitted, without a default. */
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

/** A row of the command table. Parsing, validation, help and documentation are derived from it. */
export interface Command<Specs extends readonly ArgumentSpec[] = readonly ArgumentSpec[]> {
  /** In lower case, without the slash. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly summary: string
  /** In the order of positional arguments. */
  readonly arguments: Specs
  /** A valid message that uses the command. */
  readonly example: string
  /** Runs the command. An expected problem, such as no answer yet, is a reply, not an error. */
  run(args: ArgumentValues<Specs>, context: CommandContext): CommandResult | Promise<CommandResult>
}

export interface CommandResult {
  /** Plain text in short lines. */
  readonly response: ReplyText
  readonly sources?: readonly Source[]
  /** Messages that the user may have meant. */
  readonly suggestions?: readonly string[]
}

/** Turns whose content was erased, and whether it is still in a file. */
export interface ErasedContent {
  readonly turns: number
  readonly pending: boolean
}

/** The services that commands use, bound to one session. */
export interface CommandContext {
  readonly session: Session
  readonly retrieve: FindPassages
  /**
   * The session's last turns, newest first, including those before `/clear`. Erased turns have an
   * empty message and response. Sources have no text.
   */
  turns(limit: number): Promise<readonly Turn[]>
  /** Adds the text of the sources, which `turns` lacks. */
  withPassages(turn: Turn): Promise<Turn>
  updateSession(change: SessionChange): Promise<void>
  /** Erases the content of the session's turns. */
  eraseContent(): Promise<ErasedContent>
  readonly texts: Pick<LanguageTexts, 'forgotten' | 'forgetPending'>
  /** Records the user's judgement of a turn. Resolves to false if the turn is erased or unknown. */
  recordFeedback(turnId: string, judgement: { readonly correct: boolean; readonly comment?: string }): Promise<boolean>
  status(): Promise<ServerStatus>
}

/** The server's state as shown to users. */
export interface ServerStatus {
  readonly version: string
  readonly uptimeMs: number
  readonly openSessions: number
  readonly documents: number
  readonly passages: number
  /** Says that the operator has added no documents; undefined if there are some. */
  readonly missing?: string | undefined
  /** `ok`, or the problem in a few words. */
  readonly database: string
}

/** Defines a command whose `run` is typed by its declared arguments. */
export function defineCommand<const Specs extends readonly ArgumentSpec[]>(command: Command<Specs>): Command {
  return command
}
