/** The setting to change after the server could not listen, and how. */
export interface ListenAdvice {
  readonly setting: 'HOST' | 'PORT'
  readonly advice: string
}

/** Explains an error of `listen` by its code. Returns undefined if no setting causes it. */
export function adviseOnListenError(code: string | undefined, { port }: { readonly port: number }): ListenAdvice | undefined {
  switch (code) {
    case 'EADDRINUSE':
      return { setting: 'PORT', advice: `Port ${port} is in use. Set PORT to another one, or to 0 for any free one.` }
    case 'EACCES':
      return { setting: 'PORT', advice: `Port ${port} requires privileges. Set PORT to 1024 or above, or to 0 for any free one.` }
    case 'EADDRNOTAVAIL':
      return { setting: 'HOST', advice: `HOST is not an address of this machine. ${HOST_ADVICE}` }
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return { setting: 'HOST', advice: `The host name in HOST has no address. ${HOST_ADVICE}` }
    default:
      return undefined
  }
}

const HOST_ADVICE = 'Set it to 127.0.0.1 for local clients only, or to 0.0.0.0 for all.'
