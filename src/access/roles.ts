/** What a key may be used for. `operator` includes `read`, `admin` includes all. */
export const ROLES = ['chat', 'read', 'operator', 'curator', 'auditor', 'admin'] as const

export type Role = (typeof ROLES)[number]

/** Who may use a route: everyone, also without a key, or callers with one of these roles. */
export type Access = 'everyone' | readonly Role[]

const INCLUDED: Readonly<Record<Role, readonly Role[]>> = {
  chat: ['chat'],
  read: ['read'],
  operator: ['operator', 'read'],
  curator: ['curator'],
  auditor: ['auditor'],
  admin: ROLES,
}

/** Whether a role has this access. Undefined, the role of a caller without a key, has none. */
export function mayUse(role: Role | undefined, access: Access): boolean {
  if (access === 'everyone') return true
  if (role === undefined) return false
  return role === 'admin' || INCLUDED[role].some(included => access.includes(included))
}
