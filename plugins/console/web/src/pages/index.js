// The one table of pages. To add a page: a folder here with its .vue file (and words.js beside it), and a row below; see README.md of
// the plugin. `nav` puts it into the menu under that group; `show(me)` says for whom; `open` pages need no login, and stand without
// the menu; `bare` pages stand alone (login, print).
import { rules } from '@/lib/rules.js'

const hasReports = (me, which) => Object.values(rules.value?.reports ?? {}).some(report => which(report) && [report.by].flat().some(role => me.roles.includes(role)))

export const groups = [
  { name: 'work', title: ['办理', 'Work'] },
  { name: 'city', title: ['全局', 'Overview'] },
  { name: 'rules', title: ['规则', 'Rules'] },
  { name: 'admin', title: ['系统', 'System'] },
]

export const pages = [
  { path: '/', redirect: '/today' },
  { path: '/login', name: 'login', bare: true, open: true, page: () => import('./login/Login.vue') },
  { path: '/today', name: 'today', nav: 'work', icon: 'today', title: ['工作台', 'Today'], page: () => import('./today/Today.vue') },
  { path: '/cases', name: 'cases', nav: 'work', icon: 'list', title: ['事项', 'Cases'], page: () => import('./cases/Cases.vue') },
  { path: '/cases/new/:kind', name: 'new', page: () => import('./project/New.vue') },
  { path: '/cases/:id', name: 'case', page: () => import('./project/Project.vue') },
  { path: '/print/:id/:letter', name: 'print', bare: true, page: () => import('./print/Letter.vue') },
  { path: '/calendar', name: 'calendar', nav: 'work', icon: 'calendar', title: ['日历', 'Calendar'], page: () => import('./calendar/Calendar.vue') },
  { path: '/overview', name: 'overview', nav: 'city', icon: 'chart', title: ['领导视图', 'Overview'], show: me => hasReports(me, report => report.board), page: () => import('./reports/Overview.vue') },
  { path: '/plan', name: 'plan', nav: 'city', icon: 'plan', title: ['年度计划', 'Plan of a year'], show: me => hasReports(me, report => report.room === 'plan'), page: () => import('./reports/Plan.vue') },
  { path: '/reports', name: 'reports', nav: 'city', icon: 'paper', title: ['报表', 'Reports'], show: me => hasReports(me, report => !report.board), page: () => import('./reports/Reports.vue') },
  { path: '/reports/:name', name: 'report', page: () => import('./reports/Reports.vue') },
  { path: '/registers', name: 'registers', nav: 'city', icon: 'people', title: ['名录', 'Registers'], page: () => import('./registers/Registers.vue') },
  { path: '/registers/:name', name: 'register', page: () => import('./registers/Registers.vue') },
  { path: '/draws', name: 'draws', page: () => import('./registers/Draws.vue') },
  { path: '/rules', name: 'rules', nav: 'rules', icon: 'rules', title: ['规则', 'Rules'], show: me => me.admin, page: () => import('./rules/Rules.vue') },
  { path: '/rules/tests', name: 'rules-tests', page: () => import('./rules/Tests.vue') },
  { path: '/rules/candidates', name: 'candidates', page: () => import('./rules/Candidates.vue') },
  { path: '/rules/candidates/:id', name: 'candidate', page: () => import('./rules/Candidate.vue') },
  { path: '/rules/history', name: 'rules-history', page: () => import('./rules/History.vue') },
  { path: '/admin', name: 'admin', nav: 'admin', icon: 'gear', title: ['系统管理', 'Administration'], show: me => me.admin, page: () => import('./admin/Admin.vue') },
  { path: '/admin/:room', name: 'admin-room', page: () => import('./admin/Admin.vue') },
  { path: '/me', name: 'me', nav: 'admin', icon: 'user', title: ['我的账号', 'My account'], page: () => import('./admin/Me.vue') },
  { path: '/public', name: 'public', bare: true, open: true, page: () => import('./public/Public.vue') },
  { path: '/public/:id', name: 'public-case', bare: true, open: true, page: () => import('./public/PublicCase.vue') },
  { path: '/:rest(.*)*', name: 'nowhere', open: true, page: () => import('./Nowhere.vue') },
]
