import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

// Element Plus on demand: whoever imports { ElButton } gets that component's style with it.
function elementStyles() {
  const named = /import\s*\{([^}]+)\}\s*from\s*['"]element-plus['"]/g
  return {
    name: 'element-styles',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/src/') || !code.includes('element-plus')) return null
      const styles = new Set()
      for (const match of code.matchAll(named)) {
        for (const name of match[1].split(',').map(part => part.trim().split(/\s+as\s+/)[0])) {
          if (/^El[A-Z]/.test(name)) styles.add(name.slice(2).replace(/([a-z])([A-Z])/g, '$1-$2').toLowerCase())
        }
      }
      if (!styles.size) return null
      const lines = [...styles].map(name => `import 'element-plus/es/components/${name}/style/css'`).join('\n')
      return { code: id.endsWith('.vue') ? code.replace(/<script setup>/, `<script setup>\n${lines}`) : `${lines}\n${code}`, map: null }
    },
  }
}

export default defineConfig({
  plugins: [elementStyles(), vue()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: { target: ['chrome80', 'edge88', 'firefox78', 'safari14'], assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, chunkSizeWarningLimit: 1200 },
  // npx vite: pages reload as they are written; the API comes from a running server
  server: { proxy: { '/api': process.env.BANFA_URL ?? 'http://127.0.0.1:8080' } },
})
