import { randomBytes, randomUUID } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { manualClock } from '../clock/manual-clock.ts'
import { openSqliteKeyring } from '../keyring/sqlite.ts'
import { mailerContract } from './contract.ts'
import { openMailbox, type MailboxOptions } from './mailbox.ts'
import { MailUnavailable, type Mail } from './port.ts'

const directory = mkdtempSync(join(tmpdir(), 'kessai-mailbox-'))
afterAll(() => {
  rmSync(directory, { recursive: true, force: true })
})

const boxed = (options: Partial<MailboxOptions> = {}) => {
  const keyring = openSqliteKeyring(':memory:', randomBytes(32))
  const clock = manualClock(1_795_200_000_000)
  const mailbox = openMailbox({ file: ':memory:', keyring, clock, ...options })
  const mailFor = async (customerId: string, mailId: string = randomUUID()): Promise<Mail> => ({
    mailId,
    customerId,
    keyId: (await keyring.seal(customerId, 'contact', {})).keyId,
    to: `${customerId}@example.com`,
    subject: 'Your order',
    text: 'Thank you',
    html: '<p>Thank you</p>',
    language: 'en',
  })
  const close = async () => {
    await mailbox.close()
    await keyring.close()
  }
  return { keyring, clock, mailbox, mailFor, close, [Symbol.asyncDispose]: close }
}

describe('a mailbox', () => {
  mailerContract(async () => {
    const { mailbox, mailFor, close } = boxed()
    return {
      mailer: mailbox,
      mailFor,
      arrived: async (customerId) => {
        const kept = await mailbox.list(customerId, 10)
        const mails = await Promise.all(kept.map(({ mailId }) => mailbox.get(customerId, mailId)))
        return mails.flatMap((mail) =>
          mail === undefined
            ? []
            : [{ to: mail.to, subject: mail.subject, text: mail.text, html: mail.html }],
        )
      },
      close,
    }
  })

  it('keeps a mail that comes again once', async () => {
    await using box = boxed()
    const mail = await box.mailFor('hanako')
    await box.mailbox.send(mail)
    expect(await box.mailbox.send({ ...mail, subject: 'again' })).toEqual({ kind: 'sent' })
    expect(await box.mailbox.list('hanako', 10)).toMatchObject([{ subject: 'Your order' }])
  })

  it('shows newest first, and to nobody else', async () => {
    await using box = boxed()
    const mails = await Promise.all([box.mailFor('hanako'), box.mailFor('hanako'), box.mailFor('taro')])
    for (const mail of mails) {
      await box.mailbox.send(mail)
      await box.clock.advance(1_000)
    }
    const [first, second, others] = mails
    expect((await box.mailbox.list('hanako', 10)).map(({ mailId }) => mailId)).toEqual([
      second.mailId,
      first.mailId,
    ])
    expect(await box.mailbox.list('hanako', 1)).toHaveLength(1)
    expect(await box.mailbox.get('hanako', others.mailId)).toBeUndefined()
    expect(await box.mailbox.get('taro', others.mailId)).toMatchObject({ to: 'taro@example.com' })
  })

  it('is bounded per customer and altogether, and the oldest go', async () => {
    await using box = boxed({ largestPerCustomer: 2, largest: 3 })
    const send = async (customerId: string) => {
      const mail = await box.mailFor(customerId)
      await box.mailbox.send(mail)
      return mail.mailId
    }
    const of = async (customerId: string) =>
      (await box.mailbox.list(customerId, 10)).map(({ mailId }) => mailId)
    const other = await send('taro')
    const hers = [await send('hanako'), await send('hanako'), await send('hanako')]
    expect(await of('hanako')).toEqual([hers[2], hers[1]])
    expect(await of('taro')).toEqual([other])
    await send('mei')
    expect(await of('taro')).toEqual([])
  })

  it('shows nothing of a customer who was forgotten', async () => {
    await using box = boxed()
    const mail = await box.mailFor('hanako')
    await box.mailbox.send(mail)
    await box.keyring.forget('hanako')
    expect(await box.mailbox.list('hanako', 10)).toEqual([])
    expect(await box.mailbox.get('hanako', mail.mailId)).toBeUndefined()
  })

  it('takes no mail that was made before its customer was forgotten', async () => {
    await using box = boxed()
    const mail = await box.mailFor('hanako')
    await box.keyring.forget('hanako')
    expect(await box.mailbox.send(mail)).toEqual({ kind: 'forgotten' })
    expect(await box.mailbox.list('hanako', 10)).toEqual([])
  })

  it('has nobody’s address, order or words in its files, and keeps its mails over a restart', async () => {
    const file = join(directory, 'box', 'mailbox.db')
    await using box = boxed({ file })
    const mail = await box.mailFor('hanako')
    await box.mailbox.send(mail)
    const bytes = readdirSync(join(directory, 'box')).map((name) =>
      readFileSync(join(directory, 'box', name)).toString('latin1'),
    )
    expect(bytes.join()).toContain(mail.mailId)
    for (const secret of ['hanako@example.com', 'Your order', 'Thank you'])
      expect(bytes.join()).not.toContain(secret)
    const again = openMailbox({ file, keyring: box.keyring, clock: box.clock })
    expect(await again.get('hanako', mail.mailId)).toMatchObject({ text: 'Thank you' })
    await again.close()
  })

  it('says that it is unavailable when its file cannot be used', async () => {
    await using box = boxed()
    const mail = await box.mailFor('hanako')
    await box.mailbox.close()
    await expect(box.mailbox.send(mail)).rejects.toThrow(MailUnavailable)
  })
})
