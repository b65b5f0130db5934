import en from '../../i18n/locales/en/profile.json'
import ja from '../../i18n/locales/ja/profile.json'
import zh from '../../i18n/locales/zh/profile.json'

/** What the pages about oneself say, in every language of the shop at once, so that they can change it in place. */
export const profileWords = { ja, en, zh }
