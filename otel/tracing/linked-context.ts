import { type Context, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'

/**
 * A context with one value more than another. The contexts of the API copy all values and create
 * three functions each time: 0.1 µs and twelve objects a span, which the garbage collector finds
 * again and again while a request runs.
 */
class LinkedContext implements Context {
  readonly #rest: Context
  readonly #key: symbol
  readonly #value: unknown

  constructor(rest: Context, key: symbol, value: unknown) {
    this.#rest = rest
    this.#key = key
    this.#value = value
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#rest.getValue(key)
  }

  /**
   * A value of the same key is removed first, so the chain is as long as there are keys and does
   * not keep a replaced span alive. Links are copied only if the key is below the top.
   */
  setValue(key: symbol, value: unknown): Context {
    return new LinkedContext(this.#without(key), key, value)
  }

  deleteValue(key: symbol): Context {
    return this.setValue(key, undefined)
  }

  #without(key: symbol): Context {
    if (key === this.#key) return this.#rest
    if (!(this.#rest instanceof LinkedContext)) return this
    const rest = this.#rest.#without(key)
    return rest === this.#rest ? this : new LinkedContext(rest, this.#key, this.#value)
  }
}

/** A context without values, from which requests derive theirs. */
export const EMPTY_CONTEXT: Context = new LinkedContext(ROOT_CONTEXT, createContextKey('pellucid.none'), undefined)
