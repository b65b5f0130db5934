import { readFileSync } from 'node:fs'
import ts from 'typescript'

/** What the source says of one field of a schema. */
export interface FieldSource {
  /** The comment above it. */
  readonly note: string | undefined
  /** The schemas it is made of, by name. */
  readonly names: readonly string[]
  /** Where its shape is written in place. */
  readonly fields: Fields
}
export type Fields = ReadonlyMap<string, FieldSource>

/** A schema as a module declares it: `const OrderPaid = z.object({ … })`. */
export interface SchemaSource {
  readonly sentence: string | undefined
  /** Empty where it is no object. */
  readonly fields: Fields
}

/** The schemas of a module by name, with the comments above them and above their fields. */
export const schemasIn = (text: string, file = 'events.ts'): ReadonlyMap<string, SchemaSource> => {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true)
  const schemas = new Map<string, SchemaSource>()
  for (const statement of source.statements) {
    if (!ts.isVariableStatement(statement)) continue
    for (const { name, initializer } of statement.declarationList.declarations)
      if (ts.isIdentifier(name) && initializer !== undefined)
        schemas.set(name.text, { sentence: commentOf(statement), fields: fieldsOf(initializer) })
  }
  return schemas
}

/** The schemas of several modules; a name means one thing in all of them. */
export const schemasInFiles = (files: readonly string[]): ReadonlyMap<string, SchemaSource> => {
  const schemas = new Map<string, SchemaSource>()
  for (const file of new Set(files))
    for (const [name, schema] of schemasIn(
      readFileSync(new URL(`../${file}`, import.meta.url), 'utf8'),
      file,
    )) {
      if (schemas.has(name) && schema.fields.size > 0)
        throw new Error(`${name} is declared twice, also in ${file}`)
      schemas.set(name, schema)
    }
  return schemas
}

const commentOf = (node: ts.Node): string | undefined => {
  const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).toReversed()
  const text = ts.getTextOfJSDocComment(comment?.comment)?.replaceAll(/\s+/g, ' ').trim()
  return text === '' ? undefined : text
}

/** The object literal of the first `z.object(…)` in the expression. */
const fieldsOf = (expression: ts.Node): Fields => {
  const literal = objectIn(expression)
  const fields = new Map<string, FieldSource>()
  for (const member of literal?.properties ?? [])
    if (ts.isPropertyAssignment(member) && (ts.isIdentifier(member.name) || ts.isStringLiteral(member.name)))
      fields.set(member.name.text, {
        note: commentOf(member),
        names: namesIn(member.initializer),
        fields: fieldsOf(member.initializer),
      })
  return fields
}

const objectIn = (node: ts.Node): ts.ObjectLiteralExpression | undefined => {
  if (ts.isCallExpression(node) && /^z\.(?:object|strictObject)$/.test(node.expression.getText())) {
    const [shape] = node.arguments
    return shape !== undefined && ts.isObjectLiteralExpression(shape) ? shape : undefined
  }
  return ts.forEachChild(node, objectIn)
}

/** Identifiers that begin with a capital letter, in order, but those inside an object written in place. */
const namesIn = (node: ts.Node): string[] => {
  if (ts.isObjectLiteralExpression(node)) return []
  if (ts.isIdentifier(node)) return /^[A-Z]/.test(node.text) ? [node.text] : []
  const names: string[] = []
  ts.forEachChild(node, (child) => {
    names.push(...namesIn(child))
  })
  return names
}
