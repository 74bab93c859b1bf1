import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { z } from 'zod'
import App from './App.vue'
import { router } from './router'
import './style/tokens.css'
import './style/base.css'

// The content policy forbids compiling code from strings, which zod would otherwise try.
z.config({ jitless: true })

createApp(App).use(createPinia()).use(router).mount('#app')
