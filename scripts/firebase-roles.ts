import { parseArgs } from 'node:util'
import { initializeApp } from 'firebase-admin/app'
import { getAuth } from 'firebase-admin/auth'
import { readConfig } from '#platform/config/config.ts'
import { firebaseOf } from '#platform/config/firebase.ts'
import { Role } from '#platform/identity/port.ts'

/**
 * Gives an account of the Firebase project these roles and no others, and ends what its earlier sign-ins may still do:
 * `node scripts/firebase-roles.ts hanako@example.com support operator`. Without roles it takes all away. Other claims of
 * the account stay. Sessions that are open end with their token, an hour after the sign-in at the latest.
 */
const { positionals } = parseArgs({ allowPositionals: true })
const [account, ...named] = positionals
const roles = named.map((name) => Role.parse(name))
const project = firebaseOf(readConfig(process.env))
if (project === undefined || account === undefined) {
  console.error('Usage: FIREBASE_PROJECT_ID=… node scripts/firebase-roles.ts <e-mail or uid> [role …]')
  process.exit(2)
}

const auth = getAuth(initializeApp({ projectId: project.projectId }))
const { uid, customClaims } = await (account.includes('@')
  ? auth.getUserByEmail(account)
  : auth.getUser(account))
await auth.setCustomUserClaims(uid, { ...customClaims, roles })
await auth.revokeRefreshTokens(uid)
console.log(`${uid}: ${roles.length === 0 ? 'no roles' : roles.join(', ')}`)
