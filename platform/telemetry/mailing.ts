import { Counter, Gauge, type Registry } from 'prom-client'

/** How mailing stands at this moment. */
export interface MailGauges {
  /** False on standby, while another process mails. */
  readonly active: boolean
  /** Orders with a mail that the server has not taken yet. */
  readonly waiting: number
}

export interface MailCounters {
  readonly ended: Counter<'end'>
  readonly failures: Counter
}

/** `kessai_mail_*`; the gauges are read when they are scraped. */
export const measureMail = (registry: Registry, gauges: () => MailGauges): MailCounters => {
  const registers = [registry]
  const gauge = (name: string, help: string, value: (now: MailGauges) => number): void => {
    const made = new Gauge({
      name,
      help,
      registers,
      collect: () => {
        made.set(value(gauges()))
      },
    })
  }
  gauge('kessai_mail_active', '1 where this process mails, 0 on standby.', ({ active }) => (active ? 1 : 0))
  gauge(
    'kessai_mail_waiting_orders',
    'Orders with a mail that was not taken and is tried again.',
    ({ waiting }) => waiting,
  )
  return {
    ended: new Counter({
      name: 'kessai_mails_total',
      help: 'Mails by how they ended: sent, refused or undeliverable.',
      labelNames: ['end'],
      registers,
    }),
    failures: new Counter({
      name: 'kessai_mail_failures_total',
      help: 'Mails that were not taken, or not known to be taken, and are tried again.',
      registers,
    }),
  }
}
