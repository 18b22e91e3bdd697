import './styles/tokens.css'
import './styles/base.css'
import { createApp } from 'vue'
import App from './App.vue'
import { whenUnauthorized } from './lib/api.js'
import { expired, me } from './lib/session.js'
import { router } from './router.js'

whenUnauthorized(() => { if (me.value) expired.value = true })

const app = createApp(App).use(router)
app.config.errorHandler = (fault, instance, where) => {
  console.error(where, fault)
  window.dispatchEvent(new CustomEvent('banfa:fault', { detail: fault }))
}
// in a dialog, a press on an option moves the focus, the dialog takes it back and the list closes: a slow press would choose nothing
document.addEventListener('mousedown', event => { if (event.target.closest?.('.el-select-dropdown__item')) event.preventDefault() })
// a page whose file is gone because the server was brought up to date: load the new ones
window.addEventListener('vite:preloadError', () => location.reload())
router.isReady().finally(() => app.mount('#app'))
