import { createRouter, createWebHistory } from 'vue-router'
import { pages } from './pages/index.js'
import { me, whoAmI } from './lib/session.js'

export const router = createRouter({
  history: createWebHistory(),
  routes: pages.map(({ path, name, redirect, page, ...meta }) => (redirect ? { path, redirect } : { path, name, component: page, meta })),
  scrollBehavior: (to, from, saved) => saved ?? (to.path === from.path ? undefined : { top: 0 }),
})

router.beforeEach(async to => {
  if (to.meta.open) return true
  try {
    await whoAmI()
  } catch {
    return true // no connection: the banner says so, the page tries again
  }
  return me.value ? true : { name: 'login', query: to.path === '/today' ? {} : { to: to.fullPath } }
})
