// Two languages, no eval: every text is a pair [Chinese, English]. Words of a page live beside the page.
import { ref, watchEffect } from 'vue'
import { keep, kept } from './kept.js'

export const lang = ref(kept('lang', 'zh') === 'en' ? 'en' : 'zh')

watchEffect(() => {
  document.documentElement.lang = lang.value === 'zh' ? 'zh-CN' : 'en'
  keep('lang', lang.value)
})

// words({ due: ['到期 {date}', 'due {date}'] }) gives t('due', { date })
export function words(table) {
  return (key, params) => {
    const pair = table[key]
    if (!pair) return key
    return fill(pair[lang.value === 'zh' ? 0 : 1], params)
  }
}

function fill(text, params) {
  return params ? text.replace(/\{(\w+)\}/g, (all, name) => params[name] ?? '') : text
}

// A list in a sentence.
export const joined = texts => texts.join(lang.value === 'zh' ? '、' : ', ')

// The API's texts: { zh, en } in the language of the reader, the other when there is only that.
export function tr(title, fallback = '') {
  if (!title) return fallback
  if (typeof title === 'string') return title
  return (lang.value === 'zh' ? title.zh ?? title.en : title.en ?? title.zh) ?? fallback
}
