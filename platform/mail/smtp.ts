import { createTransport } from 'nodemailer'
import { z } from 'zod'
import { MailUnavailable, type Mailer } from './port.ts'

export interface SmtpOptions {
  /** `smtp://` or `smtps://`, with user and password where the server wants them. */
  readonly url: string
  /** `Shop <orders@shop.example>`, or the address alone. */
  readonly from: string
  /** Refuses to go on in the clear. With `smtps://` it is so in any case. */
  readonly requireTls: boolean
  /** How long one step of the conversation may take. */
  readonly patienceMs?: number
  /** How long one mail may take altogether. */
  readonly limitMs?: number
}

const PATIENCE_MS = 10_000
const LIMIT_MS = 60_000
const PORT = 587
const TLS_PORT = 465

/** What the client says of a failure. Its message may quote the server, and with it the address: it is never passed on. */
const Failure = z.object({
  code: z.string().optional(),
  command: z.string().optional(),
  responseCode: z.number().optional(),
})

/** The commands whose refusal is about this mail; that of any other is about us, and a person can mend it. */
const ABOUT_THE_MAIL = /^(?:RCPT TO|DATA)$/

/** Mails by SMTP, a connection each. At least once: a server that took a mail and did not say so gets it again. */
export const smtpMailer = (options: SmtpOptions): Mailer => {
  const { patienceMs = PATIENCE_MS, limitMs = LIMIT_MS } = options
  const url = new URL(options.url)
  const secure = url.protocol === 'smtps:'
  const transport = createTransport({
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port === '' ? (secure ? TLS_PORT : PORT) : Number(url.port),
    secure,
    requireTLS: options.requireTls,
    ...(url.username === ''
      ? {}
      : { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    dnsTimeout: patienceMs,
    connectionTimeout: patienceMs,
    greetingTimeout: patienceMs,
    socketTimeout: patienceMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = /@([^@\s>]+)>?\s*$/.exec(options.from)?.[1] ?? 'localhost'

  return {
    send: async ({ mailId, to, subject, text, html, language }) => {
      try {
        await transport.sendMail({
          from: options.from,
          to: { name: '', address: to },
          subject,
          text,
          html,
          messageId: `<${mailId}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
          signal: AbortSignal.timeout(limitMs),
        })
        return { kind: 'sent' }
      } catch (error) {
        const { code = 'unknown', command = '', responseCode = 0 } = Failure.safeParse(error).data ?? {}
        if (responseCode >= 500 && ABOUT_THE_MAIL.test(command))
          return { kind: 'refused', code: String(responseCode) }
        // An address that the client itself cannot make an envelope of.
        if (code === 'EENVELOPE' && responseCode === 0) return { kind: 'refused', code: 'address' }
        throw new MailUnavailable(
          `The mail server did not take it: ${[code, command, responseCode === 0 ? '' : responseCode].filter((part) => part !== '').join(' ')}`,
        )
      }
    },
    close: async () => {
      transport.close()
    },
  }
}
