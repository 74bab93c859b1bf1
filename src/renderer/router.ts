import { createRouter, createWebHashHistory } from 'vue-router'
import LabelView from './views/LabelView.vue'
import ProjectsView from './views/ProjectsView.vue'
import ResultsView from './views/ResultsView.vue'
import RoundsView from './views/RoundsView.vue'

/** Hash history: the same addresses work under Electron's `app:` protocol and on 127.0.0.1, with no route of the server behind them. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/projects' },
    { path: '/projects', name: 'projects', component: ProjectsView },
    { path: '/label', name: 'label', component: LabelView },
    { path: '/rounds', name: 'rounds', component: RoundsView },
    { path: '/results', name: 'results', component: ResultsView },
    { path: '/:rest(.*)*', redirect: '/projects' },
  ],
})
