import en from '../../i18n/locales/en/admin.json'
import ja from '../../i18n/locales/ja/admin.json'
import zh from '../../i18n/locales/zh/admin.json'

/** What staff read, in every language of the shop at once, so that a page of theirs can change its language in place. */
export const staffWords = { ja, en, zh }
