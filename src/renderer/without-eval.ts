import { z } from 'zod'

// The content policy forbids compiling code from strings, which zod tries as soon as a schema is made: so this is imported first.
z.config({ jitless: true })
