import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'
import { generate } from 'selfsigned'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { mailerContract } from './contract.ts'
import { MailUnavailable, type Mail } from './port.ts'
import { smtpMailer, type SmtpOptions } from './smtp.ts'
import { startSmtpServer, type TakenMail } from './testing.ts'

const FROM = 'Hibi <orders@hibi.example>'
const mailTo = (customerId: string, mailId: string = randomUUID()): Mail => ({
  mailId,
  customerId,
  keyId: `${customerId}.1`,
  to: `${customerId}@example.com`,
  subject: 'Your order',
  text: 'Thank you',
  html: '<p>Thank you</p>',
  language: 'en',
})
const mailerAt = (url: string, options: Partial<SmtpOptions> = {}) =>
  smtpMailer({ url, from: FROM, requireTls: false, patienceMs: 30_000, ...options })

/** The decoded parts of a mail of ours: base64 or quoted-printable, subject in encoded words. */
const readAs = ({ to, raw }: TakenMail) => {
  const body = (type: string): string => {
    const part = new RegExp(`Content-Type: ${type}[^]*?\\r\\n\\r\\n([^]*?)\\r\\n--`).exec(raw)
    const head = part?.[0] ?? ''
    const content = part?.[1] ?? ''
    if (/Transfer-Encoding: base64/i.test(head)) return Buffer.from(content, 'base64').toString('utf8')
    if (!/Transfer-Encoding: quoted-printable/i.test(head)) return content
    const bytes = content
      .replaceAll('=\r\n', '')
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    return Buffer.from(bytes, 'latin1').toString('utf8')
  }
  const header = /^Subject: ([^]*?)\r\n(?!\s)/m.exec(raw)?.[1] ?? ''
  const subject = header
    .replaceAll(/\?=\r\n =\?/g, '?==?')
    .replaceAll(/=\?UTF-8\?([BQ])\?(.*?)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('latin1')
        : text
            .replaceAll('_', ' ')
            .replaceAll(/=([0-9A-F]{2})/g, (_hex, hex: string) =>
              String.fromCharCode(Number.parseInt(hex, 16)),
            ),
    )
  return {
    to: to.join(),
    subject: Buffer.from(subject.replaceAll('\r\n', ''), 'latin1').toString('utf8'),
    text: body('text/plain'),
    html: body('text/html').trimEnd(),
  }
}

describe('mail by SMTP', () => {
  mailerContract(async () => {
    const server = await startSmtpServer()
    const mailer = mailerAt(server.url)
    return {
      mailer,
      mailFor: async (customerId, mailId) => mailTo(customerId, mailId),
      arrived: async (customerId) =>
        server.taken.map(readAs).filter(({ to }) => to === `${customerId}@example.com`),
      close: async () => {
        await mailer.close()
        await server.stop()
      },
    }
  })

  it('names a mail by its id, the same each time, so that a receiver can drop the repeat', async () => {
    const server = await startSmtpServer()
    const mail = mailTo('hanako')
    await mailerAt(server.url).send(mail)
    await mailerAt(server.url).send(mail)
    const ids = server.taken.map(({ raw }) => /^Message-ID: (.*)$/im.exec(raw)?.[1]?.trim())
    expect(ids).toEqual(Array.from({ length: 2 }, () => `<${mail.mailId}@hibi.example>`))
    await server.stop()
  })

  it('cannot be made to send other headers or to other people', async () => {
    const server = await startSmtpServer()
    await mailerAt(server.url).send({
      ...mailTo('hanako'),
      subject: 'Hello\r\nBcc: mallory@example.com\r\n\r\nbody',
    })
    expect(server.taken.map(({ to }) => to)).toEqual([['hanako@example.com']])
    expect(server.taken[0]?.raw).not.toMatch(/^Bcc:/im)
    await server.stop()
  })

  it('is refused for good where the server refuses the address or the mail, and quotes nothing', async () => {
    const server = await startSmtpServer({
      onRcptTo: ({ address }, _session, callback) => {
        callback(
          address.startsWith('nobody')
            ? Object.assign(new Error(`no such user ${address}`), { responseCode: 550 })
            : null,
        )
      },
    })
    const mailer = mailerAt(server.url)
    expect(await mailer.send(mailTo('nobody'))).toEqual({ kind: 'refused', code: '550' })
    server.afterData({ refuse: 554, saying: 'spam for hanako@example.com' })
    expect(await mailer.send(mailTo('hanako'))).toEqual({ kind: 'refused', code: '554' })
    expect(await mailer.send({ ...mailTo('x'), to: 'not an address' })).toMatchObject({ kind: 'refused' })
    await server.stop()
  })

  it.each([
    ['greylists the address', 450],
    ['has no room', 452],
    ['is going down', 421],
  ])('does not know when the server %s', async (_what, responseCode) => {
    const server = await startSmtpServer({
      onRcptTo: ({ address }, _session, callback) => {
        callback(Object.assign(new Error(`later, ${address}`), { responseCode }))
      },
    })
    const sent = mailerAt(server.url).send(mailTo('hanako'))
    await expect(sent).rejects.toThrow(MailUnavailable)
    await expect(sent).rejects.not.toThrow(/hanako/)
    await server.stop()
  })

  it('does not take a refusal of ourselves for one of the mail', async () => {
    const server = await startSmtpServer({
      onMailFrom: (_address, _session, callback) => {
        callback(Object.assign(new Error('not allowed to send'), { responseCode: 553 }))
      },
    })
    await expect(mailerAt(server.url).send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
    await server.stop()
    const closed = await startSmtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: (_auth, _session, callback) => {
        callback(new Error('wrong password'))
      },
    })
    const wrong = mailerAt(closed.url.replace('//', '//shop:wrong@'))
    await expect(wrong.send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
    await closed.stop()
  })

  it('does not know when the server drops the line after it has the mail, or never answers', async () => {
    const server = await startSmtpServer()
    server.afterData('drop')
    await expect(mailerAt(server.url).send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
    server.afterData('hang')
    await expect(mailerAt(server.url, { patienceMs: 2_000 }).send(mailTo('hanako'))).rejects.toThrow(
      MailUnavailable,
    )
    expect(server.taken).toHaveLength(2)
    await server.stop()
  })

  it('waits for nobody for ever: a server that takes the call and says nothing, and one that is not there', async () => {
    const silent = createServer(() => {})
    silent.listen(0, '127.0.0.1')
    await once(silent, 'listening')
    const { port } = z.object({ port: z.number() }).parse(silent.address())
    const mailer = mailerAt(`smtp://127.0.0.1:${port}`, { patienceMs: 200 })
    await expect(mailer.send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
    const slow = mailerAt(`smtp://127.0.0.1:${port}`, { patienceMs: 60_000, limitMs: 200 })
    await expect(slow.send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
    silent.close()
    await once(silent, 'close')
    await expect(mailer.send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
  })

  it('does not go on in the clear where it must not, nor with a stranger’s certificate', async () => {
    const open = await startSmtpServer()
    const mailer = mailerAt(open.url, { requireTls: true })
    await expect(mailer.send(mailTo('hanako'))).rejects.toThrow(MailUnavailable)
    expect(open.taken).toEqual([])
    await open.stop()
    const { private: key, cert } = await generate([{ name: 'commonName', value: 'stranger' }])
    const stranger = await startSmtpServer({ disabledCommands: [], key, cert })
    await expect(mailerAt(stranger.url, { requireTls: true }).send(mailTo('hanako'))).rejects.toThrow(
      MailUnavailable,
    )
    expect(stranger.taken).toEqual([])
    await stranger.stop()
  })
})
