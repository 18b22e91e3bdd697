// Who is logged in. The token stays in a cookie that scripts can't read.
import { computed, ref, shallowRef } from 'vue'
import { api, Problem } from './api.js'

export const me = shallowRef(null)
export const expired = ref(false) // the session ended while somebody worked: they log in again on the spot, nothing is lost
export const isAdmin = computed(() => Boolean(me.value?.admin))
export const hasRole = (...roles) => Boolean(me.value?.roles.some(role => roles.includes(role)))

let asked = null
export function whoAmI() {
  asked ??= api.get('me').then(found => (me.value = found), fault => {
    if (!(fault instanceof Problem)) asked = null
    if (fault instanceof Problem && fault.status === 401) return null
    throw fault
  })
  return asked
}

export async function login(user, password) {
  await api.post('login', { user, password })
  asked = null
  expired.value = false
  return whoAmI()
}

export async function logout() {
  await api.post('logout')
  me.value = null
  asked = Promise.resolve(null)
}
