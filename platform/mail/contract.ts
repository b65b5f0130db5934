import { expect, it } from 'vitest'
import type { Mail, Mailer } from './port.ts'

/** What has arrived, as its reader sees it. */
export interface Arrived {
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface MailerUnderTest {
  readonly mailer: Mailer
  /** A mail for this customer, made under the customer's key. */
  readonly mailFor: (customerId: string, mailId: string) => Promise<Mail>
  readonly arrived: (customerId: string) => Promise<readonly Arrived[]>
  readonly close: () => Promise<void>
}

/** What every mailer must do. */
export const mailerContract = (open: () => Promise<MailerUnderTest>): void => {
  const used = async (work: (under: MailerUnderTest) => Promise<void>): Promise<void> => {
    const under = await open()
    try {
      await work(under)
    } finally {
      await under.close()
    }
  }

  it('hands a mail over as it is, in every script', () =>
    used(async ({ mailer, mailFor, arrived }) => {
      const mail = {
        ...(await mailFor('hanako', 'b3b7d7a6-6c0a-5d0e-8f0a-3f6f4f1f0a01')),
        subject: '領収書 – receipt – 收据',
        text: 'ありがとうございます\n.\n¥1,200 — 谢谢\n',
        html: '<p>ありがとうございます &amp; 谢谢</p>',
      }
      expect(await mailer.send(mail)).toEqual({ kind: 'sent' })
      const [first, ...others] = await arrived('hanako')
      expect(others).toEqual([])
      const { to, subject, text, html } = mail
      expect({ ...first, text: first?.text.replaceAll('\r\n', '\n').trimEnd() }).toEqual({
        to,
        subject,
        text: text.trimEnd(),
        html,
      })
    }))

  it('takes mails for several people at once and mixes none of them up', () =>
    used(async ({ mailer, mailFor, arrived }) => {
      const people = ['hanako', 'taro', 'mei', 'jun', 'rin']
      const sent = await Promise.all(
        people.map(async (person, nth) =>
          mailer.send(await mailFor(person, `b3b7d7a6-6c0a-5d0e-8f0a-3f6f4f1f0b0${nth}`)),
        ),
      )
      expect(sent).toEqual(people.map(() => ({ kind: 'sent' })))
      for (const person of people)
        expect((await arrived(person)).map(({ to }) => to)).toEqual([`${person}@example.com`])
    }))
}
