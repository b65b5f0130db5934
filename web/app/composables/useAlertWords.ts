import { ALERT_RULES, asWritten, paramsOf, type Amount, type Said } from '~/admin/alert-words'

/** What an alert says, in the reader's words; what there are no words for is shown as the log has it. */
export const useAlertWords = () => {
  const { t } = useI18n()
  const { $i18n } = useNuxtApp()
  const money = useMoney()
  const { dateTime } = useDates()

  const worded = (kind: 'observed' | 'expected', said: Said, ofAlert: Amount | undefined): string => {
    const key = `admin.alerts.${kind}.${said.code}`
    if (!$i18n.te(key, 'ja')) return asWritten(said)
    const { named, amount } = paramsOf(said, ofAlert)
    const at = Number(named.requestedAtMs ?? named.windowEndsAtMs)
    return t(key, {
      ...named,
      amount: amount === undefined ? '' : money(amount),
      at: Number.isFinite(at) ? dateTime(at) : '',
    })
  }

  const orName = (key: string, name: string): string => ($i18n.te(key, 'ja') ? t(key) : name)
  return {
    observed: (said: Said, amount: Amount | undefined) => worded('observed', said, amount),
    expected: (said: Said, amount: Amount | undefined) => worded('expected', said, amount),
    rule: (rule: string) =>
      ALERT_RULES.some((known) => known === rule) ? t(`admin.alerts.rule.${rule}`) : rule,
    healed: (reason: string) => orName(`admin.alerts.healed.${reason}`, reason),
  }
}
