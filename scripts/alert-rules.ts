import { writeFile } from 'node:fs/promises'
import { format } from 'prettier'
import { USUAL_THRESHOLDS, type Thresholds } from '#domain/inconsistency/occurrence.ts'
import { INCONSISTENCY_RULES } from '#domain/inconsistency/rules.ts'

/** The page of all rules; a spec holds that it is what the table says. */
export const ALERT_RULES_PAGE = new URL('../docs/reference/alert-rules.md', import.meta.url)

const VARIABLES: Readonly<Record<keyof Thresholds, string>> = {
  unpaidSuccessMs: 'ALERT_UNPAID_SUCCESS_AFTER_MS',
  unfundedOrderMs: 'ALERT_UNFUNDED_ORDER_AFTER_MS',
  unknownPaymentMs: 'ALERT_UNKNOWN_PAYMENT_AFTER_MS',
  stuckRefundMs: 'ALERT_STUCK_REFUND_AFTER_MS',
  refusedCredentialsMs: 'ALERT_REFUSED_CREDENTIALS_AFTER_MS',
}

const inWords = (ms: number): string => {
  if (ms >= 3_600_000) return `${ms / 3_600_000} h`
  return ms >= 60_000 ? `${ms / 60_000} min` : `${ms / 1_000} s`
}

/** docs/reference/alert-rules.md, made from the one table of rules. */
export const alertRulesReference = (): Promise<string> => {
  const sections = INCONSISTENCY_RULES.map(({ id, severity, after, violated, heals, action }) =>
    [
      `## ${id}`,
      [
        `- **Severity:** ${severity}`,
        `- **Violated:** ${violated}`,
        after === undefined
          ? '- **Told:** at once, also when it is over by then'
          : `- **Told:** after ${inWords(USUAL_THRESHOLDS[after])} (\`${VARIABLES[after]}\`)`,
        `- **Heals:** ${heals}`,
        `- **What to do:** ${action}`,
      ].join('\n'),
    ].join('\n\n'),
  )
  const page = [
    '# Alert rules',
    'When an operator is told, and what to do then. Made from the code by `node scripts/alert-rules.ts`; not written by hand.',
    'Alerting looks every five seconds (`ALERT_CHECK_EVERY_MS`). A rule that waits fires once the state has lasted by the log’s own clock, and ' +
      'before the eyes of the process for as long, or for a minute where that is less; a wait of more than a minute must be over by the clock on the wall as well: a backlog, a restart or a clock that jumps raises nothing. ' +
      'After a restart a long wait may begin anew, where nothing newer is in the log. What happened through a webhook, a poll, the return page or staff is the same to all rules; a webhook that is sent again, an ' +
      'unconfirmed claim and a replay raise nothing.',
    'An alert is raised once per rule, order (or else subject) and triggering event. It is resolved by itself when the log says that the violation is ' +
      'over, or by staff; one that staff resolved stays so. Notes stay in the log for good, so they hold no names, addresses or other personal data.',
    '`kessai_alerts_open{rule,severity}` says how many are open, and `kessai_alerts_raised_total{rule,severity}` how many a process raised. ' +
      'Readiness has `process alerting`.',
    ...sections,
  ].join('\n\n')
  return format(page, { parser: 'markdown', printWidth: 110 })
}

if (import.meta.main) await writeFile(ALERT_RULES_PAGE, await alertRulesReference())
