import { join } from 'node:path'
import type { Registry } from 'prom-client'
import type { ReadinessPart } from '#api/dependencies.ts'
import type { Clock } from '#platform/clock/clock.ts'
import type { Config } from '#platform/config/config.ts'
import type { Keyring } from '#platform/keyring/port.ts'
import { openMailbox } from '#platform/mail/mailbox.ts'
import type { Mailbox, Mailer } from '#platform/mail/port.ts'
import type { ParkedCount } from '#platform/telemetry/parked-keys.ts'
import { measureMail } from '#platform/telemetry/mailing.ts'
import { MAILING, mailing, type MailingOptions } from '#processmanagers/mailing/mailing.ts'
import { wording } from '#processmanagers/mailing/wording.ts'
import {
  startProcess,
  type ProcessRunnerOptions,
  type ProcessStatus,
  type RunningProcess,
} from '#processmanagers/runner.ts'
import { leases, RENEW_EVERY_MS, type Holder, type Lease } from '#projections/rebuild/leases.ts'
import { shopProfile } from '#seed/shop-profile.ts'
import { openKeyring } from './people.ts'

/** The mailbox of a shop that sends no mail; undefined where there is a mail server. */
export const mailboxOf = (
  config: Config,
  keyring: Keyring,
  clock: Pick<Clock, 'nowMs'>,
): Mailbox | undefined =>
  config.SMTP_URL === undefined
    ? openMailbox({ file: join(config.KESSAI_DATA, 'mailbox.db'), keyring, clock })
    : undefined

/** A mail server as configured, else the mailbox. */
const mailerOf = async (config: Config, keyring: Keyring, clock: Pick<Clock, 'nowMs'>): Promise<Mailer> => {
  const { SMTP_URL: url, MAIL_FROM: from } = config
  const mailbox = mailboxOf(config, keyring, clock)
  if (mailbox !== undefined || url === undefined || from === undefined)
    return mailbox ?? Promise.reject(new Error('SMTP_URL without MAIL_FROM'))
  const { smtpMailer } = await import('#platform/mail/smtp.ts')
  return smtpMailer({ url, from, requireTls: config.NODE_ENV === 'production' })
}

export interface ShopMailingOptions extends ProcessRunnerOptions {
  readonly config: Config
  readonly holder: Holder
  readonly registry: Registry
}

export interface ShopMailing {
  readonly readiness: () => ReadinessPart
  readonly parkedCount: () => ParkedCount
  readonly stop: () => Promise<void>
}

/** Mailing as configured, in one process at a time, measured. */
export const startShopMailing = async (options: ShopMailingOptions): Promise<ShopMailing> => {
  const { config, clock, log } = options
  const shop = await shopProfile(config.SHOP_PROFILE)
  const keyring = openKeyring(config)
  const mailer = await mailerOf(config, keyring, clock)
  let isOutage = false
  const running = mailInTurn({
    ...options,
    keyring,
    mailer,
    wording: wording({
      shop,
      publicUrl: config.publicUrl,
      simulatedPayments: config.PAYPAY_ENVIRONMENT === 'simulator',
    }),
    onEnd: (end) => {
      counters.ended.inc({ end })
      if (end === 'sent') isOutage = false
    },
    onFailure: (error) => {
      counters.failures.inc()
      if (!isOutage) log('A mail was not taken; it is tried again', { error: String(error) }, 'warn')
      isOutage = true
    },
  })
  const counters = measureMail(options.registry, () => ({
    active: running.status() !== undefined,
    waiting: running.status()?.openDeadlines ?? 0,
  }))
  return {
    readiness: () => readinessOf(running.status(), isOutage),
    parkedCount: () => ({ kind: 'process', name: MAILING, keys: running.status()?.parkedKeys ?? 0 }),
    stop: async () => {
      await running.stopped
      await mailer.close()
      await keyring.close()
    },
  }
}

/** Mails stand aside: buyers hear later what the log keeps for them, and the shop sells all the same. */
const readinessOf = (status: ProcessStatus | undefined, isOutage: boolean): ReadinessPart => {
  const part = { name: `process ${MAILING}`, isAside: true }
  if (status === undefined) return { ...part, ok: true, detail: 'standby: another process mails' }
  const { connected, caughtUp, trouble, parkedKeys, openDeadlines } = status
  const waiting = openDeadlines === 0 ? undefined : `${openDeadlines} orders wait for the mail server`
  const detail = trouble ?? (parkedKeys > 0 ? `${parkedKeys} parked` : waiting)
  return {
    ...part,
    ok: connected && caughtUp && !(isOutage && openDeadlines > 0),
    ...(detail === undefined ? {} : { detail }),
  }
}

export interface MailInTurnOptions
  extends ProcessRunnerOptions, Omit<MailingOptions, 'store' | 'commands' | 'clock'> {
  readonly holder: Holder
}

export interface MailInTurn {
  /** Undefined while another process mails. */
  readonly status: () => ProcessStatus | undefined
  readonly stopped: Promise<void>
}

/**
 * Mails while this process holds the lease. Unlike an append, an e-mail cannot be taken back when somebody else was
 * first, so of several processes one mails; when one is taken for gone and is not, a mail may go out twice, under one id.
 */
export const mailInTurn = (options: MailInTurnOptions): MailInTurn => {
  const { readStore, holder, clock, signal, log } = options
  const turns = leases({ readStore, holder, clock })
  let current: RunningProcess | undefined
  let isInTheDark = false

  const takeTurn = async (): Promise<Lease | undefined> => {
    try {
      const lease = await turns.acquire(MAILING)
      isInTheDark = false
      return lease
    } catch (error) {
      if (!isInTheDark) log('Mailing cannot tell whether it is its turn', { error: String(error) })
      isInTheDark = true
      return undefined
    }
  }

  const stopped = (async () => {
    while (!signal.aborted) {
      const lease = await takeTurn()
      if (lease !== undefined) {
        const ending = new AbortController()
        const own = AbortSignal.any([signal, ending.signal])
        current = startProcess(mailing(options), { ...options, signal: own })
        await keep(lease, clock, signal)
        ending.abort()
        await current.stopped
        current = undefined
        // Where nobody can be told, the next one waits until we have been silent for long enough.
        await lease.release().catch(() => {})
      }
      await clock.sleep(RENEW_EVERY_MS, signal)
    }
  })()
  return { status: () => current?.status(), stopped }
}

/** Resolves when the lease is somebody else's, or the signal says so. While nobody can tell, nobody can take it either. */
const keep = async (lease: Lease, clock: Clock, signal: AbortSignal): Promise<void> => {
  for (;;) {
    await clock.sleep(RENEW_EVERY_MS, signal)
    if (signal.aborted || !(await lease.renew().catch(() => true))) return
  }
}
