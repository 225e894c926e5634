import type { Transporter } from 'nodemailer'
import { isLoopbackHost } from '../../base/loopback.ts'
import type { Channel } from './notification.ts'
import { DeliveryError, decodeLeniently } from './post.ts'
import { subjectOf, toHtml, toPlainText } from './render.ts'

export interface EmailOptions {
  /** `smtp://USER:PASSWORD@HOST:PORT` uses STARTTLS where it is offered; `smtps://` is TLS. */
  readonly smtpUrl: string
  readonly recipients: readonly string[]
  /** Default: `pellucid@` and the name of this host. */
  readonly from?: string
  readonly hostname: string
}

const TIMEOUTS_MS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 20_000, dnsTimeout: 10_000 }

/** Sends mail through an SMTP server. Each notification is one mail to all recipients. */
export function createEmailChannel({ smtpUrl, recipients, from, hostname }: EmailOptions): Channel {
  const { protocol, hostname: host, port, username, password, searchParams } = new URL(smtpUrl)
  const isTls = protocol === 'smtps:'
  const domain = hostname.includes('.') ? hostname : `${hostname}.localdomain`
  return {
    name: 'email',
    async send(notification, signal) {
      // Loaded with the first mail: most servers send none.
      const { createTransport } = await import('nodemailer')
      const transport = createTransport({
        host: host.replace(/^\[|\]$/g, ''),
        port: Number(port) || (isTls ? 465 : 587),
        secure: isTls,
        // Credentials never cross a network in clear.
        requireTLS: username !== '' && !isTls && !isLoopbackHost(host),
        tls: { rejectUnauthorized: searchParams.get('verify') !== 'off' },
        ...(username !== '' && { auth: { user: decodeLeniently(username), pass: decodeLeniently(password) } }),
        ...TIMEOUTS_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
      })
      const aborted = Promise.withResolvers<never>()
      const abort = () => aborted.reject(new DeliveryError('The mail server did not answer in time'))
      signal.addEventListener('abort', abort, { once: true })
      try {
        const delivered = deliver(transport, {
          from: from ?? `Pellucid <pellucid@${domain}>`,
          to: [...recipients],
          subject: subjectOf(notification),
          text: toPlainText(notification),
          html: toHtml(notification),
          messageId: `<${notification.id}@${domain}>`,
          date: new Date(notification.createdAtMs),
          headers: { 'X-Pellucid-Kind': notification.kind, 'Auto-Submitted': 'auto-generated' },
          attachments: (notification.attachments ?? []).map(({ name, contentType, content }) => ({
            filename: name,
            contentType,
            content: Buffer.from(content, 'base64'),
          })),
        })
        // An open connection ends by its timeouts.
        return await Promise.race([delivered, aborted.promise])
      } finally {
        signal.removeEventListener('abort', abort)
        transport.close()
      }
    },
  }
}

async function deliver(transport: Transporter, mail: Parameters<Transporter['sendMail']>[0]): Promise<string> {
  try {
    const { response, rejected } = (await transport.sendMail(mail)) as { response: string; rejected: unknown[] }
    // Another attempt would reach the others twice.
    return rejected.length > 0 ? `${response} (${rejected.length} recipients refused)` : response
  } catch (error) {
    const { code = 'failed', command, responseCode } = error as { code?: string; command?: string; responseCode?: number }
    // The message of the error may contain addresses and what the server said about them.
    throw new DeliveryError(
      ['The mail server refused it or cannot be reached', code, command, responseCode]
        .filter(part => part !== undefined)
        .join(' · '),
    )
  }
}
