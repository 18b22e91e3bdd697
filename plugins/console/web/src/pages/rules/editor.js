// CodeMirror 6 with Lua, the words of the script library, and faults at their line. Loaded when a script is first opened.
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { bracketMatching, defaultHighlightStyle, foldGutter, foldKeymap, HighlightStyle, indentOnInput, indentUnit, StreamLanguage, syntaxHighlighting } from '@codemirror/language'
import { lua } from '@codemirror/legacy-modes/mode/lua'
import { lintGutter, setDiagnostics } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { Compartment, EditorState } from '@codemirror/state'
import { drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, keymap, lineNumbers } from '@codemirror/view'
import { tags } from '@lezer/highlight'

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: '#7a2a8c' }, { tag: tags.string, color: '#1c6340' }, { tag: tags.number, color: '#84500a' }, { tag: tags.comment, color: '#5f6b79' },
  { tag: [tags.standard(tags.variableName), tags.atom], color: '#17406d' }, { tag: tags.operator, color: '#4a5562' },
])
const looks = EditorView.theme({
  '&': { height: '100%', fontSize: '13px', backgroundColor: '#fff', color: '#1b232d' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'ui-monospace, SFMono-Regular, Consolas, "Liberation Mono", "Noto Sans Mono CJK SC", monospace', lineHeight: '1.55', overflow: 'auto' },
  '.cm-gutters': { backgroundColor: '#f7f9fb', color: '#5f6b79', borderRight: '1px solid #e9edf1' },
  '.cm-activeLine': { backgroundColor: '#f3f7fb' }, '.cm-activeLineGutter': { backgroundColor: '#e8eff7', color: '#17406d' },
  '.cm-tooltip': { border: '1px solid #b9cde2', borderRadius: '6px', backgroundColor: '#fff', boxShadow: '0 8px 28px rgb(20 40 70 / 18%)' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: '#e8eff7', color: '#0f2f52' },
  '.cm-completionDetail': { color: '#5f6b79', fontStyle: 'normal', marginLeft: '10px' },
  '.cm-completionInfo': { maxWidth: '340px', padding: '8px 10px', fontFamily: 'system-ui, sans-serif', whiteSpace: 'pre-line' },
  '.cm-diagnostic': { fontFamily: 'system-ui, sans-serif', fontSize: '13px', padding: '6px 10px' },
  '.cm-lintRange-error': { backgroundColor: '#fdeeec' },
})

// TELL: { changed(text) }; WORDS: completions of the script library.
export function makeEditor({ parent, root, text, readOnly, words, label, changed, phrases }) {
  const lock = new Compartment(), naming = new Compartment()
  const locked = on => [EditorState.readOnly.of(on), EditorView.editable.of(true)]
  const complete = context => {
    const word = context.matchBefore(/[A-Za-z_][\w.]*/)
    if (!word && !context.explicit) return null
    const own = [...new Set(context.state.doc.toString().match(/[A-Za-z_]\w{3,}/g) ?? [])].filter(one => one !== word?.text).map(one => ({ label: one, boost: -20 }))
    const known = new Set(words.map(one => one.label))
    return { from: word?.from ?? context.pos, options: [...words, ...own.filter(one => !known.has(one.label))], validFor: /^[\w.]*$/ }
  }
  const extensions = [
    lineNumbers(), foldGutter(), history(), drawSelection(), indentOnInput(), indentUnit.of('  '), bracketMatching(), closeBrackets(), highlightActiveLine(), highlightActiveLineGutter(),
    highlightSelectionMatches(), search({ top: true }), lintGutter(), StreamLanguage.define(lua), syntaxHighlighting(colours), syntaxHighlighting(defaultHighlightStyle, { fallback: true }),
    autocompletion({ override: [complete], icons: false }), EditorView.lineWrapping, looks, EditorState.phrases.of(phrases),
    // Tab leaves the editor as on every other control; Ctrl-] and Ctrl-[ indent
    keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...completionKeymap].filter(binding => binding !== indentWithTab)),
    lock.of(locked(readOnly)), naming.of(EditorView.contentAttributes.of({ 'aria-label': label })),
    EditorView.updateListener.of(update => { if (update.docChanged) changed(update.state.doc.toString()) }),
  ]
  const states = new Map()
  let open = label, view = new EditorView({ parent, root, state: EditorState.create({ doc: text, extensions }) })
  view.scrollDOM.tabIndex = 0 // what scrolls can be reached by keyboard, also where it is read only
  return {
    // Another file: its undo history and cursor are kept while the page is open.
    show(path, next, readonly) {
      states.set(open, view.state)
      open = path
      const before = states.get(path)
      view.setState(before && before.doc.toString() === next ? before : EditorState.create({ doc: next, extensions }))
      view.dispatch({ effects: [lock.reconfigure(locked(readonly)), naming.reconfigure(EditorView.contentAttributes.of({ 'aria-label': path }))] })
    },
    replace(next) {
      if (next !== view.state.doc.toString()) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } })
    },
    // [{ line, text }]: a fault without a line stands at the first.
    faults(list) {
      view.dispatch(setDiagnostics(view.state, list.map(fault => {
        const line = view.state.doc.line(Math.min(Math.max(fault.line, 1), view.state.doc.lines))
        return { from: line.from + /^\s*/.exec(line.text)[0].length, to: line.to, severity: 'error', message: fault.text }
      })))
    },
    goTo(line) {
      const at = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines))
      view.dispatch({ selection: { anchor: at.from }, effects: EditorView.scrollIntoView(at.from, { y: 'center' }) })
      view.focus()
    },
    focus: () => view.focus(),
    close: () => view.destroy(),
  }
}
