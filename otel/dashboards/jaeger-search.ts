import type { Builder, Dataquery } from '@grafana/grafana-foundation-sdk/cog'
import type { DataSourceRef } from '@grafana/grafana-foundation-sdk/common'

export interface JaegerSearch {
  readonly service: string
  readonly operation?: string
  /** With unit, such as `250ms`, or a variable of the dashboard. */
  readonly minDuration?: string
  /** Attributes in logfmt. */
  readonly tags?: string
  /** Maximum number of traces, newest first. */
  readonly limit: number
}

/** Builds a search for Grafana's Jaeger datasource, which the SDK lacks. */
export class JaegerSearchBuilder implements Builder<Dataquery> {
  readonly #query: Dataquery & JaegerSearch & { readonly queryType: 'search'; readonly refId: string }

  constructor(search: JaegerSearch, datasource: DataSourceRef) {
    const query = { ...search, queryType: 'search', refId: 'A', datasource } as const
    // The SDK recognizes queries by this method, which JSON omits.
    this.#query = { ...query, _implementsDataqueryVariant() {} }
  }

  build(): Dataquery {
    return this.#query
  }
}
