import { createRouter, createWebHashHistory } from 'vue-router'
import AgreementView from './views/AgreementView.vue'
import CatalogueView from './views/CatalogueView.vue'
import LabelView from './views/LabelView.vue'
import ProjectsView from './views/ProjectsView.vue'
import QualityView from './views/QualityView.vue'
import ResultsView from './views/ResultsView.vue'
import RoundsView from './views/RoundsView.vue'
import SettingsView from './views/SettingsView.vue'
import SheetView from './views/SheetView.vue'

/** Hash history: the same addresses work under Electron's `app:` protocol and on 127.0.0.1, with no route of the server behind them. */
export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', redirect: '/projects' },
    { path: '/projects', name: 'projects', component: ProjectsView },
    { path: '/label', name: 'label', component: LabelView },
    { path: '/sheet', name: 'sheet', component: SheetView },
    { path: '/catalogue', name: 'catalogue', component: CatalogueView },
    { path: '/rounds', name: 'rounds', component: RoundsView },
    { path: '/results', name: 'results', component: ResultsView },
    { path: '/agreement', name: 'agreement', component: AgreementView },
    { path: '/quality', name: 'quality', component: QualityView },
    { path: '/settings', name: 'settings', component: SettingsView },
    { path: '/:rest(.*)*', redirect: '/projects' },
  ],
})
