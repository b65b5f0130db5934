// Made by `npm run types:api` from the API's OpenAPI document; not written by hand.
export interface paths {
    "/health/live": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The process answers */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok";
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/ready": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Everything it needs works */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok" | "not-ready";
                            readonly parts: {
                                name: string;
                                ok: boolean;
                                detail?: string;
                            }[];
                        };
                    };
                };
                /** @description Default Response */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok" | "not-ready";
                            readonly parts: {
                                name: string;
                                ok: boolean;
                                detail?: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/health/startup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** It has been ready once */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok" | "not-ready";
                            readonly parts: {
                                name: string;
                                ok: boolean;
                                detail?: string;
                            }[];
                        };
                    };
                };
                /** @description Default Response */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "ok" | "not-ready";
                            readonly parts: {
                                name: string;
                                ok: boolean;
                                detail?: string;
                            }[];
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/actuator/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Readiness in another dialect */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "UP" | "DOWN";
                            components: {
                                [key: string]: {
                                    /** @enum {string} */
                                    status: "UP" | "DOWN";
                                    detail?: string;
                                };
                            };
                        };
                    };
                };
                /** @description Default Response */
                503: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {string} */
                            status: "UP" | "DOWN";
                            components: {
                                [key: string]: {
                                    /** @enum {string} */
                                    status: "UP" | "DOWN";
                                    detail?: string;
                                };
                            };
                        };
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Prometheus metrics */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/problems/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What a problem code means */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    code: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/categories": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Categories */
        get: {
            parameters: {
                query?: {
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                categoryId: string;
                                name: string;
                                description?: string;
                                count: number;
                                imageUrl: string;
                            }[];
                            total: number;
                            page: number;
                            size: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Products, page by page or by id
         * @description With `ids` (up to 50, separated by commas): those that are on sale, in the order given, all on one page; everything else but `lang` is then passed over.
         */
        get: {
            parameters: {
                query?: {
                    page?: number;
                    size?: number;
                    ids?: string;
                    category?: string;
                    sort?: "newest" | "price-asc" | "price-desc";
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                productId: string;
                                title: string;
                                description: string;
                                category: string;
                                priceMinor: number;
                                currency: string;
                                taxRatePercent: number;
                                imageUrl: string;
                                thumbnailUrl: string;
                                available: number;
                            }[];
                            total: number;
                            page: number;
                            size: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/search": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Search products
         * @description Every facet is counted as if its own filter were not set. `didYouMean` finds something where it is searched for without filters.
         */
        get: {
            parameters: {
                query?: {
                    page?: number;
                    size?: number;
                    q?: string;
                    category?: string;
                    minPrice?: number;
                    maxPrice?: number;
                    inStock?: "true" | "false";
                    sort?: "relevance" | "newest" | "price-asc" | "price-desc";
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                productId: string;
                                title: string;
                                description: string;
                                category: string;
                                priceMinor: number;
                                currency: string;
                                taxRatePercent: number;
                                imageUrl: string;
                                thumbnailUrl: string;
                                available: number;
                            }[];
                            total: number;
                            page: number;
                            size: number;
                            didYouMean?: string;
                            facets: {
                                readonly categories: {
                                    categoryId: string;
                                    name: string;
                                    count: number;
                                }[];
                                readonly prices: {
                                    minPrice?: number;
                                    maxPrice?: number;
                                    count: number;
                                }[];
                                inStock: number;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/suggest": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Titles for what was typed so far */
        get: {
            parameters: {
                query?: {
                    q?: string;
                    size?: number;
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                productId: string;
                                title: string;
                            }[];
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/products/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One product */
        get: {
            parameters: {
                query?: {
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            productId: string;
                            title: string;
                            description: string;
                            category: string;
                            priceMinor: number;
                            currency: string;
                            taxRatePercent: number;
                            imageUrl: string;
                            thumbnailUrl: string;
                            available: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/shop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The shop: who sells, how one can pay, what an order may hold
         * @description Holds the particulars of 特定商取引法に基づく表記 and of a receipt, in the language of `lang` or the browser.
         */
        get: {
            parameters: {
                query?: {
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            name: string;
                            tagline: string;
                            currency: string;
                            readonly paymentMethods: {
                                /** @enum {string} */
                                method: "PAYPAY" | "WALLET";
                                available: boolean;
                            }[];
                            /** @enum {string} */
                            walletDeposits: "owner" | "staff";
                            paymentWindowMs: number;
                            developmentSignIn: boolean;
                            signIn: {
                                /** @enum {string} */
                                kind: "development";
                            } | {
                                /** @enum {string} */
                                kind: "firebase";
                                projectId: string;
                                apiKey: string;
                                authDomain: string;
                                emulatorHost?: string;
                            } | {
                                /** @enum {string} */
                                kind: "elsewhere";
                            };
                            simulatedPayments: boolean;
                            mailbox: boolean;
                            maxLines: number;
                            maxQuantity: number;
                            seller: {
                                name: string;
                                manager: string;
                                postalCode: string;
                                address: string;
                                phone: string;
                                phoneHours: string;
                                email: string;
                                registrationNumber: string;
                                priceNote: string;
                                extraFees: string;
                                deliveryFee: string;
                                paymentTiming: string;
                                deliveryTiming: string;
                                returns: string;
                            };
                            readonly privacy: string[];
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/paypay/webhook": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * PayPay tells of a payment
         * @description A hint to ask; anything is stored, and nothing is believed. Answers OK once it is stored.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign in with an ID token */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        idToken?: string;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            csrfToken: string;
                            customerId: string;
                            readonly roles: ("customer" | "support" | "operator" | "auditor" | "admin")[];
                            expiresAt: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Who am I */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            authenticated: boolean;
                            csrfToken?: string;
                            customerId?: string;
                            email?: string;
                            readonly roles?: ("customer" | "support" | "operator" | "auditor" | "admin")[];
                            expiresAt?: string;
                            developmentSignIn: boolean;
                            /** @enum {boolean} */
                            sessionsUnavailable?: true;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/dev/sign-in": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** A token for whoever asks (development only) */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** Format: email */
                        email: string;
                        roles?: ("customer" | "support" | "operator" | "auditor" | "admin")[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            idToken: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Everything the shop keeps of me
         * @description One JSON file: account, profile, cart, and every order with its contact, delivery, payment, refunds and timeline. 10 a minute. An export that fails on its way breaks the connection off.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": unknown;
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/auth/logout": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Sign out, here or everywhere */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        everywhere?: boolean;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            /** @enum {boolean} */
                            authenticated: false;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the shop knows of me
         * @description `ETag` is the version of the profile, for `If-Match` of a change.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            customerId: string;
                            email?: string;
                            registered: boolean;
                            profile?: {
                                name: string;
                                kana?: string;
                                birthDate?: string;
                                /** @enum {string} */
                                gender?: "female" | "male" | "other" | "not-said";
                                phone?: string;
                                email?: string;
                                address?: {
                                    postalCode: string;
                                    prefecture: string;
                                    city: string;
                                    addressLine1: string;
                                    addressLine2?: string;
                                };
                            };
                            position?: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Tell the shop who I am
         * @description Replaces the whole profile, and registers whoever is not registered yet. The same content again changes nothing. With `If-Match`, a profile that was changed elsewhere meanwhile is answered 412 `profile-changed` instead of being overwritten; without it the last one to write wins. Kana, digits and postal codes may come in any width.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        name: string;
                        kana?: string;
                        /** Format: date */
                        birthDate?: string;
                        /** @enum {string} */
                        gender?: "female" | "male" | "other" | "not-said";
                        phone?: string;
                        /** Format: email */
                        email?: string;
                        address?: {
                            postalCode: string;
                            prefecture: string;
                            city: string;
                            addressLine1: string;
                            addressLine2?: string;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            customerId: string;
                            email?: string;
                            registered: boolean;
                            profile?: {
                                name: string;
                                kana?: string;
                                birthDate?: string;
                                /** @enum {string} */
                                gender?: "female" | "male" | "other" | "not-said";
                                phone?: string;
                                email?: string;
                                address?: {
                                    postalCode: string;
                                    prefecture: string;
                                    city: string;
                                    addressLine1: string;
                                    addressLine2?: string;
                                };
                            };
                            position?: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/me/forget": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Forget me
         * @description Destroys the key of everything personal for good: profile, and contact and delivery of every order, also of those on their way, which go on without them. Orders and books stay whole without the person. Every session ends, this one too. Takes no body. 202 when it is recorded and still being carried out.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            forgotten: boolean;
                        };
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            forgotten: boolean;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/cart": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My cart
         * @description The same on every device. `version` is -1 until something was put in for the first time.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                productId: string;
                                quantity: number;
                            }[];
                            version: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        /**
         * Change my cart
         * @description Puts the items in place of the cart, or with `merge` adds them: per product the larger quantity, what was there first, up to 50 lines; what finds no room is answered as `leftOut`. The same call again changes nothing.
         */
        put: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        items: {
                            productId: string;
                            quantity: number;
                        }[];
                        merge?: boolean;
                        expectedVersion?: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                productId: string;
                                quantity: number;
                            }[];
                            version: number;
                            readonly leftOut?: {
                                productId: string;
                                quantity: number;
                            }[];
                        };
                    };
                };
                /** @description `cart-changed`: another device was faster; `cart` is what it holds now. */
                409: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": {
                            type: string;
                            title: string;
                            status: number;
                            detail?: string;
                            code: string;
                            errors?: {
                                path: string;
                                message: string;
                            }[];
                            correlationId: string;
                            cart: {
                                readonly items: {
                                    productId: string;
                                    quantity: number;
                                }[];
                                version: number;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** My orders, newest first */
        get: {
            parameters: {
                query?: {
                    page?: number;
                    size?: number;
                    status?: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                    position?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                orderId: string;
                                /** @enum {string} */
                                status: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                                /** @enum {string} */
                                result: "PENDING" | "SUCCESS" | "FAILED" | "TIMEOUT";
                                failureReason?: string;
                                /** @enum {string} */
                                cancelledBy?: "customer" | "staff";
                                amount: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                readonly lines: {
                                    productId: string;
                                    title: string;
                                    quantity: number;
                                    unitPrice: {
                                        amountMinor: number;
                                        currency: string;
                                    };
                                    taxRatePercent: number;
                                }[];
                                readonly taxes: {
                                    ratePercent: number;
                                    grossMinor: number;
                                    taxMinor: number;
                                }[];
                                /** @enum {string} */
                                paymentMethod: "PAYPAY" | "WALLET";
                                /** @enum {string} */
                                locale: "ja" | "en" | "zh";
                                placedAt: string;
                                updatedAt: string;
                                paymentWindowEndsAt: string;
                                paidAt?: string;
                                payment?: {
                                    merchantPaymentId: string;
                                    attempt: number;
                                    url?: string;
                                    deeplink?: string;
                                    expiresAt?: string;
                                    /** @enum {string} */
                                    status: "REQUESTED" | "OPEN" | "LAPSED" | "ORPHANED" | "DELETED" | "FAILED" | "SUCCEEDED";
                                    buyerIsConfirming: boolean;
                                };
                                readonly surplus: {
                                    /** @enum {string} */
                                    kind: "LATE" | "DOUBLE" | "MISMATCHED";
                                    amount: {
                                        amountMinor: number;
                                        currency: string;
                                    };
                                    /** @enum {string} */
                                    refund?: "REQUESTED" | "COMPLETED" | "REJECTED";
                                }[];
                                refunded: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                readonly refunds: {
                                    refundId: string;
                                    /** @enum {string} */
                                    kind: "staff" | "surplus";
                                    amount: {
                                        amountMinor: number;
                                        currency: string;
                                    };
                                    /** @enum {string} */
                                    status: "REQUESTED" | "COMPLETED" | "REJECTED";
                                    requestedAt: string;
                                    endedAt?: string;
                                    readonly returning: {
                                        productId: string;
                                        quantity: number;
                                    }[];
                                    code?: string;
                                    note?: string;
                                    requestedBy?: string;
                                }[];
                                serverTimeMs: number;
                            }[];
                            total: number;
                            page: number;
                            size: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Place an order
         * @description Needs `Idempotency-Key`: a repeat with the same key and body answers the same order. Stock is not looked at yet; a shortage arrives later as FAILED.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        items: {
                            productId: string;
                            quantity: number;
                        }[];
                        /** @enum {string} */
                        paymentMethod: "PAYPAY" | "WALLET";
                        expectedTotalMinor?: number;
                        /** @enum {string} */
                        locale?: "ja" | "en" | "zh";
                        contact?: {
                            name: string;
                            kana?: string;
                            /** Format: email */
                            email?: string;
                            phone?: string;
                        };
                        delivery?: {
                            recipient?: string;
                            postalCode: string;
                            prefecture: string;
                            city: string;
                            addressLine1: string;
                            addressLine2?: string;
                            note?: string;
                        };
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            /** @enum {string} */
                            status: "PENDING";
                            amount: {
                                amountMinor: number;
                                currency: string;
                            };
                            channelToken: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One order */
        get: {
            parameters: {
                query?: {
                    position?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            /** @enum {string} */
                            status: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                            /** @enum {string} */
                            result: "PENDING" | "SUCCESS" | "FAILED" | "TIMEOUT";
                            failureReason?: string;
                            /** @enum {string} */
                            cancelledBy?: "customer" | "staff";
                            amount: {
                                amountMinor: number;
                                currency: string;
                            };
                            readonly lines: {
                                productId: string;
                                title: string;
                                quantity: number;
                                unitPrice: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                taxRatePercent: number;
                            }[];
                            readonly taxes: {
                                ratePercent: number;
                                grossMinor: number;
                                taxMinor: number;
                            }[];
                            /** @enum {string} */
                            paymentMethod: "PAYPAY" | "WALLET";
                            /** @enum {string} */
                            locale: "ja" | "en" | "zh";
                            placedAt: string;
                            updatedAt: string;
                            paymentWindowEndsAt: string;
                            paidAt?: string;
                            payment?: {
                                merchantPaymentId: string;
                                attempt: number;
                                url?: string;
                                deeplink?: string;
                                expiresAt?: string;
                                /** @enum {string} */
                                status: "REQUESTED" | "OPEN" | "LAPSED" | "ORPHANED" | "DELETED" | "FAILED" | "SUCCEEDED";
                                buyerIsConfirming: boolean;
                            };
                            readonly surplus: {
                                /** @enum {string} */
                                kind: "LATE" | "DOUBLE" | "MISMATCHED";
                                amount: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                /** @enum {string} */
                                refund?: "REQUESTED" | "COMPLETED" | "REJECTED";
                            }[];
                            refunded: {
                                amountMinor: number;
                                currency: string;
                            };
                            readonly refunds: {
                                refundId: string;
                                /** @enum {string} */
                                kind: "staff" | "surplus";
                                amount: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                /** @enum {string} */
                                status: "REQUESTED" | "COMPLETED" | "REJECTED";
                                requestedAt: string;
                                endedAt?: string;
                                readonly returning: {
                                    productId: string;
                                    quantity: number;
                                }[];
                                code?: string;
                                note?: string;
                                requestedBy?: string;
                            }[];
                            position: number;
                            serverTimeMs: number;
                            channelToken: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/timeline": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What happened to one order, oldest first */
        get: {
            parameters: {
                query?: {
                    position?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            readonly items: {
                                at: string;
                                type: string;
                                reason?: string;
                                actor: string;
                                eventId: string;
                                position: number;
                                detail?: string;
                                staff?: {
                                    by: string;
                                    note?: string;
                                };
                            }[];
                            total: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/recipient": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whom my order goes to
         * @description Contact and delivery as they were given, for the buyer alone. Both are absent, and `forgotten` is true, once the buyer asked to be forgotten.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            contact?: {
                                name: string;
                                kana?: string;
                                email?: string;
                                phone?: string;
                            };
                            delivery?: {
                                recipient?: string;
                                postalCode: string;
                                prefecture: string;
                                city: string;
                                addressLine1: string;
                                addressLine2?: string;
                                note?: string;
                            };
                            forgotten: boolean;
                            unreadable: boolean;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Call an unpaid order off */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            /** @enum {string} */
                            status: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/payments": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Ask for a fresh code in place of the one shown
         * @description Name the attempt that was shown to make pressing twice one renewal; the current one otherwise.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        insteadOf?: string;
                    } | null;
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/orders/{id}/payments/refresh": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * “I have paid”: ask the provider now
         * @description Answers the order as it is then, and as `asked` what the provider said; `unknown`, also when it did not answer in time, is no bad news. `asked` is absent when there was nothing to ask about.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            /** @enum {string} */
                            status: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                            /** @enum {string} */
                            result: "PENDING" | "SUCCESS" | "FAILED" | "TIMEOUT";
                            failureReason?: string;
                            /** @enum {string} */
                            cancelledBy?: "customer" | "staff";
                            amount: {
                                amountMinor: number;
                                currency: string;
                            };
                            readonly lines: {
                                productId: string;
                                title: string;
                                quantity: number;
                                unitPrice: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                taxRatePercent: number;
                            }[];
                            readonly taxes: {
                                ratePercent: number;
                                grossMinor: number;
                                taxMinor: number;
                            }[];
                            /** @enum {string} */
                            paymentMethod: "PAYPAY" | "WALLET";
                            /** @enum {string} */
                            locale: "ja" | "en" | "zh";
                            placedAt: string;
                            updatedAt: string;
                            paymentWindowEndsAt: string;
                            paidAt?: string;
                            payment?: {
                                merchantPaymentId: string;
                                attempt: number;
                                url?: string;
                                deeplink?: string;
                                expiresAt?: string;
                                /** @enum {string} */
                                status: "REQUESTED" | "OPEN" | "LAPSED" | "ORPHANED" | "DELETED" | "FAILED" | "SUCCEEDED";
                                buyerIsConfirming: boolean;
                            };
                            readonly surplus: {
                                /** @enum {string} */
                                kind: "LATE" | "DOUBLE" | "MISMATCHED";
                                amount: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                /** @enum {string} */
                                refund?: "REQUESTED" | "COMPLETED" | "REJECTED";
                            }[];
                            refunded: {
                                amountMinor: number;
                                currency: string;
                            };
                            readonly refunds: {
                                refundId: string;
                                /** @enum {string} */
                                kind: "staff" | "surplus";
                                amount: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                /** @enum {string} */
                                status: "REQUESTED" | "COMPLETED" | "REJECTED";
                                requestedAt: string;
                                endedAt?: string;
                                readonly returning: {
                                    productId: string;
                                    quantity: number;
                                }[];
                                code?: string;
                                note?: string;
                                requestedBy?: string;
                            }[];
                            position: number;
                            serverTimeMs: number;
                            channelToken: string;
                            /** @enum {string} */
                            asked?: "succeeded" | "failed" | "not-paid" | "in-flight" | "unknown";
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/payments/{id}/qrcode": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The code to scan, as PNG or SVG
         * @description 200 the picture, 202 when there is no code yet, 409 when there will be none.
         */
        get: {
            parameters: {
                query?: {
                    format?: "png" | "svg";
                    size?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The picture. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "image/png": unknown;
                        "image/svg+xml": string;
                    };
                };
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            orderId: string;
                            /** @enum {string} */
                            status: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mailbox": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The mails that would have been sent to you, newest first
         * @description Only where the shop has no mail server; elsewhere there is nothing here.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                mailId: string;
                                sentAt: string;
                                to: string;
                                subject: string;
                                /** @enum {string} */
                                language: "ja" | "en" | "zh";
                            }[];
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/mailbox/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One mail, as text and as HTML
         * @description The HTML is to be shown in a sandbox: it needs no script and loads nothing.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            mailId: string;
                            sentAt: string;
                            to: string;
                            subject: string;
                            /** @enum {string} */
                            language: "ja" | "en" | "zh";
                            text: string;
                            html: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wallet": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My wallet
         * @description A wallet that nobody has opened yet holds nothing.
         */
        get: {
            parameters: {
                query?: {
                    position?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            balance: {
                                amountMinor: number;
                                currency: string;
                            };
                            openedAt?: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wallet/deposits": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Pay money into a wallet
         * @description Needs `Idempotency-Key`: a repeat with the same key and body gets the same reply. No real money moves, so in production it is for operators and admins alone, who name the customer. One of whom nothing is known is answered `customer-unknown`, unless `evenIfUnknown` says that it is meant so.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        amountMinor: number;
                        customerId?: string;
                        evenIfUnknown?: boolean;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            depositId: string;
                            balance: {
                                amountMinor: number;
                                currency: string;
                            };
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/wallet/entries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * My wallet’s statement, newest first
         * @description `next` is the `after` of the following page; it is absent where the statement begins.
         */
        get: {
            parameters: {
                query?: {
                    after?: number;
                    limit?: number;
                    position?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                /** @enum {string} */
                                kind: "deposit" | "payment" | "refund";
                                amount: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                balance: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                orderId?: string;
                                at: string;
                            }[];
                            next?: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/alerts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Alerts, the most urgent first
         * @description What is open before what is resolved, P1 before P2, the newest first. Everything that is named must hold; `status=OPEN` is whatever is not resolved, `from` and `to` are about when it was raised and are included. `next`, where there is one, goes into `after`. `counts` are of all alerts, whatever is asked for. With `If-None-Match` the answer is 304 while nothing has changed.
         */
        get: {
            parameters: {
                query?: {
                    rule?: string;
                    severity?: "P1" | "P2";
                    status?: "NEW" | "ACKNOWLEDGED" | "RESOLVED" | "OPEN";
                    orderId?: string;
                    from?: string;
                    to?: string;
                    after?: number;
                    limit?: number;
                    position?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                alertId: string;
                                rule: string;
                                /** @enum {string} */
                                severity: "P1" | "P2";
                                /** @enum {string} */
                                status: "NEW" | "ACKNOWLEDGED" | "RESOLVED";
                                orderId?: string;
                                subject: string;
                                facts: {
                                    orderStatus?: string;
                                    orderConfirmedAtMs?: number;
                                    paymentSucceededAtMs?: number;
                                    paymentSuccessCount: number;
                                    orderTotal?: {
                                        amountMinor: number;
                                        currency: string;
                                    };
                                    captured?: {
                                        amountMinor: number;
                                        currency: string;
                                    };
                                    refunded?: {
                                        amountMinor: number;
                                        currency: string;
                                    };
                                };
                                observed: {
                                    code: string;
                                    params: {
                                        name: string;
                                        value: string;
                                    }[];
                                };
                                expected: {
                                    code: string;
                                    params: {
                                        name: string;
                                        value: string;
                                    }[];
                                };
                                source: string;
                                amount?: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                raisedAt: string;
                                acknowledgedAt?: string;
                                acknowledgedBy?: string;
                                resolvedAt?: string;
                                resolvedBy?: string;
                                healedBy?: string;
                                assignee?: string;
                                notes: number;
                            }[];
                            next?: number;
                            readonly counts: {
                                rule: string;
                                /** @enum {string} */
                                severity: "P1" | "P2";
                                /** @enum {string} */
                                status: "NEW" | "ACKNOWLEDGED" | "RESOLVED";
                                count: number;
                            }[];
                        };
                    };
                };
                /** @description Nothing has changed since. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/alerts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One alert: what was seen, what was expected, what to do next
         * @description With its history, the newest steps of its order’s story, and `nextAction` as a code. With `position`, as an earlier reply gave it, the answer is at least as new.
         */
        get: {
            parameters: {
                query?: {
                    position?: number;
                };
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alertId: string;
                            rule: string;
                            /** @enum {string} */
                            severity: "P1" | "P2";
                            /** @enum {string} */
                            status: "NEW" | "ACKNOWLEDGED" | "RESOLVED";
                            orderId?: string;
                            subject: string;
                            facts: {
                                orderStatus?: string;
                                orderConfirmedAtMs?: number;
                                paymentSucceededAtMs?: number;
                                paymentSuccessCount: number;
                                orderTotal?: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                captured?: {
                                    amountMinor: number;
                                    currency: string;
                                };
                                refunded?: {
                                    amountMinor: number;
                                    currency: string;
                                };
                            };
                            observed: {
                                code: string;
                                params: {
                                    name: string;
                                    value: string;
                                }[];
                            };
                            expected: {
                                code: string;
                                params: {
                                    name: string;
                                    value: string;
                                }[];
                            };
                            source: string;
                            amount?: {
                                amountMinor: number;
                                currency: string;
                            };
                            raisedAt: string;
                            acknowledgedAt?: string;
                            acknowledgedBy?: string;
                            resolvedAt?: string;
                            resolvedBy?: string;
                            healedBy?: string;
                            assignee?: string;
                            notes: number;
                            history: {
                                /** @enum {string} */
                                type: "AlertRaised" | "AlertAcknowledged" | "AlertAssigned" | "AlertNoted" | "AlertResolved";
                                at: string;
                                by?: string;
                                assignee?: string;
                                text?: string;
                                reason?: string;
                            }[];
                            /** @enum {string} */
                            nextAction: "unblock-checkout" | "hold-shipment-and-ask-provider" | "watch-refund-and-tell-buyer" | "stop-selling-and-compare-amounts" | "ask-provider-about-refund" | "refund-again-or-by-hand" | "see-whether-provider-answers" | "mend-and-replay" | "check-clock-and-credentials" | "read-the-log" | "none";
                            links?: {
                                order: string;
                                timeline: string;
                            };
                            timeline?: {
                                at: string;
                                type: string;
                                reason?: string;
                                detail?: string;
                                actor: string;
                                eventId: string;
                            }[];
                            position: number;
                        };
                    };
                };
                /** @description Nothing has changed since. */
                304: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/alerts/{id}/acknowledge": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take an alert up
         * @description Says that somebody has seen it; the first one counts, and again changes nothing. Needs `Idempotency-Key`. `position` in the reply is for asking back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": Record<string, never>;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alertId: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/alerts/{id}/assign": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give an alert to somebody
         * @description `assignee` is a staff member’s id, never a name or an address; without it the alert is the caller’s own. Needs `Idempotency-Key`. `position` in the reply is for asking back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        assignee?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alertId: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/alerts/{id}/note": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Note something on an alert
         * @description It stays in the log for good, so it names no person. A resolved alert can be noted on too. Needs `Idempotency-Key`. `position` in the reply is for asking back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        text: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alertId: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/alerts/{id}/resolve": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * End an alert
         * @description For what does not heal by itself. `note` stays in the log for good, so it names no person. Again changes nothing; with another note it is refused, and the note can be made by itself. Needs `Idempotency-Key`. `position` in the reply is for asking back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        note?: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            alertId: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/orders/{id}/refund": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Return the money of a paid order, in whole or in part
         * @description Needs `Idempotency-Key`: a repeat with the same key and body answers the same refund. All that is left goes back when `amountMinor` is absent. The order tells how the refund goes on: REQUESTED, then COMPLETED or REJECTED. `reason` is a note for staff that stays in the log for good: no personal data. Units in `returning` go back on sale once the money has gone back.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        amountMinor?: number;
                        reason: string;
                        returning?: "all" | {
                            productId: string;
                            quantity: number;
                        }[];
                    };
                };
            };
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            refundId: string;
                            orderId: string;
                            amount: {
                                amountMinor: number;
                                currency: string;
                            };
                            /** @enum {string} */
                            status: "REQUESTED";
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/payments/latency": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * From a payment’s completion to PAID: percentiles, and the share within 60 s
         * @description Whole hours of UTC, from the one `from` lies in to the one `to` lies in; the last 24 hours unless told, at most 31 days. Times start at PayPay’s `acceptedAt`, which has whole seconds, so they are up to a second too long and never too short; percentiles are rounded up to the edge of the range they were counted in.
         */
        get: {
            parameters: {
                query?: {
                    from?: string;
                    to?: string;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            from: string;
                            to: string;
                            promiseMs: number;
                            orders: number;
                            withinPromise: number;
                            shareWithinPromise?: number;
                            p50Ms?: number;
                            p95Ms?: number;
                            p99Ms?: number;
                            slowest?: {
                                orderId: string;
                                latencyMs: number;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/projections": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read models and their copies
         * @description How far each is, how fast, how large, and how long a copy that is being built still takes.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                name: string;
                                version: number;
                                host?: {
                                    lagMs?: number;
                                    caughtUp: boolean;
                                    eventsPerSecond: number;
                                };
                                readonly copies: {
                                    generation: number;
                                    /** @enum {string} */
                                    role: "active" | "building" | "kept" | "dropped";
                                    position?: number;
                                    documents: number;
                                    bytes: number;
                                    parked: number;
                                    keptUntilMs?: number;
                                    /** @enum {string} */
                                    phase?: "folding" | "indexing" | "caught-up" | "live";
                                    /** @enum {string} */
                                    by?: "host" | "command";
                                    pace?: {
                                        position?: number;
                                        events: number;
                                        eventsPerSecond: number;
                                        part: number;
                                        leftMs?: number;
                                        indexes?: {
                                            made: number;
                                            of: number;
                                        };
                                    };
                                }[];
                            }[];
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/projections/{name}/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Build a read model anew
         * @description A new copy is folded from the start of the log beside the one that is read; buyers notice nothing. Asked again while one is being built, it answers with that one.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: boolean;
                            copies: {
                                active: number;
                                newest: number;
                                building?: {
                                    generation: number;
                                    /** @enum {string} */
                                    by: "host" | "command";
                                    /** @enum {string} */
                                    phase: "folding" | "caught-up" | "live";
                                    startedAtMs: number;
                                };
                                kept?: {
                                    generation: number;
                                    untilMs: number;
                                };
                                readonly dropped: {
                                    generation: number;
                                    atMs: number;
                                }[];
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/projections/{name}/switch": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the new copy
         * @description The old one is kept, and follows the log, for a day. After a rollback it goes forward again.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: boolean;
                            copies: {
                                active: number;
                                newest: number;
                                building?: {
                                    generation: number;
                                    /** @enum {string} */
                                    by: "host" | "command";
                                    /** @enum {string} */
                                    phase: "folding" | "caught-up" | "live";
                                    startedAtMs: number;
                                };
                                kept?: {
                                    generation: number;
                                    untilMs: number;
                                };
                                readonly dropped: {
                                    generation: number;
                                    atMs: number;
                                }[];
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/projections/{name}/rollback": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Read the copy that was read before
         * @description Nothing is lost: it followed the log all the time.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: boolean;
                            copies: {
                                active: number;
                                newest: number;
                                building?: {
                                    generation: number;
                                    /** @enum {string} */
                                    by: "host" | "command";
                                    /** @enum {string} */
                                    phase: "folding" | "caught-up" | "live";
                                    startedAtMs: number;
                                };
                                kept?: {
                                    generation: number;
                                    untilMs: number;
                                };
                                readonly dropped: {
                                    generation: number;
                                    atMs: number;
                                }[];
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/projections/{name}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Give up the copy that is being built
         * @description It is deleted.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: boolean;
                            copies: {
                                active: number;
                                newest: number;
                                building?: {
                                    generation: number;
                                    /** @enum {string} */
                                    by: "host" | "command";
                                    /** @enum {string} */
                                    phase: "folding" | "caught-up" | "live";
                                    startedAtMs: number;
                                };
                                kept?: {
                                    generation: number;
                                    untilMs: number;
                                };
                                readonly dropped: {
                                    generation: number;
                                    atMs: number;
                                }[];
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/projections/{name}/drop": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete the kept copy
         * @description Or, where none is kept, the one that is being built.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    name: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            changed: boolean;
                            copies: {
                                active: number;
                                newest: number;
                                building?: {
                                    generation: number;
                                    /** @enum {string} */
                                    by: "host" | "command";
                                    /** @enum {string} */
                                    phase: "folding" | "caught-up" | "live";
                                    startedAtMs: number;
                                };
                                kept?: {
                                    generation: number;
                                    untilMs: number;
                                };
                                readonly dropped: {
                                    generation: number;
                                    atMs: number;
                                }[];
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/parked": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What was set aside
         * @description Keys of processes, of the relay and of read models that stand still because a step kept failing or an event could not be read, the longest first. `next`, where there is one, goes into `after`.
         */
        get: {
            parameters: {
                query?: {
                    after?: string;
                    limit?: number;
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                id: string;
                                /** @enum {string} */
                                kind: "process" | "projection";
                                name: string;
                                key: string;
                                waiting?: number;
                                first: {
                                    /** @enum {string} */
                                    kind: "event";
                                    stream: string;
                                    revision: number;
                                    type?: string;
                                } | {
                                    /** @enum {string} */
                                    kind: "alarm";
                                    name: string;
                                };
                                error: string;
                                since?: string;
                                askedAt?: string;
                                triedAt?: string;
                                orderId?: string;
                                alertId?: string;
                                /** @enum {string} */
                                remedy: "replay" | "rebuild";
                            }[];
                            next?: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/parked/{id}/replay": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Try what was set aside again
         * @description Asks for it and does not wait: what came of it is seen in the list. What waits is done in order, and what came meanwhile behind it. Where it fails again the key stays parked, with the new error and the time in `triedAt`. Asked again while a request stands, it changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                202: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            id: string;
                            changed: boolean;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All products, also those off sale
         * @description Newest first. `q` is looked for in ids and titles.
         */
        get: {
            parameters: {
                query?: {
                    page?: number;
                    size?: number;
                    q?: string;
                    status?: "ACTIVE" | "INACTIVE";
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            readonly items: {
                                productId: string;
                                title: string;
                                description: string;
                                category: string;
                                priceMinor: number;
                                currency: string;
                                taxRatePercent: number;
                                /** @enum {string} */
                                status: "ACTIVE" | "INACTIVE";
                                listedAt: string;
                                imageUrl: string;
                                thumbnailUrl: string;
                                hasPicture: boolean;
                                stock: {
                                    total: number;
                                    available: number;
                                    reserved: number;
                                    sold: number;
                                    received: number;
                                    adjusted: number;
                                };
                            }[];
                            total: number;
                            page: number;
                            size: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products/{productId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** One product as staff see it */
        get: {
            parameters: {
                query?: {
                    lang?: "ja" | "en" | "zh";
                };
                header?: never;
                path: {
                    productId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            productId: string;
                            title: string;
                            description: string;
                            category: string;
                            priceMinor: number;
                            currency: string;
                            taxRatePercent: number;
                            /** @enum {string} */
                            status: "ACTIVE" | "INACTIVE";
                            listedAt: string;
                            imageUrl: string;
                            thumbnailUrl: string;
                            hasPicture: boolean;
                            stock: {
                                total: number;
                                available: number;
                                reserved: number;
                                sold: number;
                                received: number;
                                adjusted: number;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products/{productId}/price": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /** Change the price for orders to come */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    productId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        priceMinor: number;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            productId: string;
                            title: string;
                            description: string;
                            category: string;
                            priceMinor: number;
                            currency: string;
                            taxRatePercent: number;
                            /** @enum {string} */
                            status: "ACTIVE" | "INACTIVE";
                            listedAt: string;
                            imageUrl: string;
                            thumbnailUrl: string;
                            hasPicture: boolean;
                            stock: {
                                total: number;
                                available: number;
                                reserved: number;
                                sold: number;
                                received: number;
                                adjusted: number;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products/{productId}/status": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Put a product on sale, or take it off
         * @description Back on sale it is what it was when it went off. Orders already placed go on.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    productId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        /** @enum {string} */
                        status: "ACTIVE" | "INACTIVE";
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            productId: string;
                            title: string;
                            description: string;
                            category: string;
                            priceMinor: number;
                            currency: string;
                            taxRatePercent: number;
                            /** @enum {string} */
                            status: "ACTIVE" | "INACTIVE";
                            listedAt: string;
                            imageUrl: string;
                            thumbnailUrl: string;
                            hasPicture: boolean;
                            stock: {
                                total: number;
                                available: number;
                                reserved: number;
                                sold: number;
                                received: number;
                                adjusted: number;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/stock/{productId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** What there is of a product */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    productId: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            total: number;
                            available: number;
                            reserved: number;
                            sold: number;
                            received: number;
                            adjusted: number;
                            productId: string;
                            position?: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        /**
         * Receive goods, or correct what there is
         * @description Needs `Idempotency-Key`, or an id in the body; with either, a repeat changes nothing. The reply is the stock as it is now.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    productId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "application/json": {
                        receiptId?: string;
                        quantity: number;
                    } | {
                        adjustmentId?: string;
                        delta: number;
                        reason: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            total: number;
                            available: number;
                            reserved: number;
                            sold: number;
                            received: number;
                            adjusted: number;
                            productId: string;
                            position?: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/images": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Upload a picture for a list to name
         * @description JPEG, PNG or WebP. The `imageFile` of an import finds it by its file name; another upload of that name takes its place for imports to come.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                201: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            imageUrl: string;
                            thumbnailUrl: string;
                            width: number;
                            height: number;
                            fileName: string;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products/{productId}/image": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Show a product by this picture
         * @description JPEG, PNG or WebP of up to 10 MiB. What a camera wrote into it is left out. The same file again changes nothing.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    productId: string;
                };
                cookie?: never;
            };
            requestBody: {
                content: {
                    "multipart/form-data": {
                        /** Format: binary */
                        file: string;
                    };
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            imageUrl: string;
                            thumbnailUrl: string;
                            width: number;
                            height: number;
                            productId: string;
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products/import": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Import a list of products
         * @description CSV in UTF-8, as `text/csv` or as the file of a form; up to 10000 rows and 8 MiB. Columns: productId, title, description, price, status, createdAt, imageFile; and if wanted category, taxRatePercent, titleEn, titleZh, descriptionEn, descriptionZh. What is so already is unchanged, so the same list again is safe. A row that cannot be carried out is named in `errors`, and the others are carried out all the same.
         */
        post: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody: {
                content: {
                    "text/csv": string;
                };
            };
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            total: number;
                            success: number;
                            unchanged: number;
                            failed: number;
                            readonly errors: {
                                line: number;
                                productId: string;
                                code: string;
                                message: string;
                            }[];
                            position: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/ops/products/import/example": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A list to begin with */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content?: never;
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Events by order, customer, cause, type, actor and time, oldest first
         * @description Everything that is named must hold. `next`, where there is one, goes into `after` for the page behind it; a page may be short or empty and still have one. `orderId` asks for the correlation, `from` and `to` are included. `withData=true` adds what the events say: secrets left out, personal data still encrypted.
         */
        get: {
            parameters: {
                query?: {
                    orderId?: string;
                    correlationId?: string;
                    causationId?: string;
                    customerId?: string;
                    type?: string;
                    actor?: string;
                    from?: string;
                    to?: string;
                    after?: number;
                    limit?: number;
                    withData?: "true" | "false";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            items: {
                                eventId: string;
                                position: number;
                                stream: string;
                                category: string;
                                revision: number;
                                type: string;
                                correlationId: string;
                                causationId: string;
                                actor: string;
                                at: string;
                                data?: unknown;
                            }[];
                            next?: number;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All events that a filter finds, as CSV or JSON lines
         * @description Takes the filters of `/api/audit/events` and ends where the log ended when it was asked for. Cells that a spreadsheet would take for a formula begin with an apostrophe. `bom=true` lets Excel see that it is UTF-8. An export that fails on its way, or of which nothing is taken for five minutes, breaks the connection off, so that half a file is never taken for a whole one. Few are made at once: others are answered 503 `exports-busy` with Retry-After.
         */
        get: {
            parameters: {
                query: {
                    orderId?: string;
                    correlationId?: string;
                    causationId?: string;
                    customerId?: string;
                    type?: string;
                    actor?: string;
                    from?: string;
                    to?: string;
                    format: "csv" | "jsonl";
                    withData?: "true" | "false";
                    bom?: "true" | "false";
                };
                header?: never;
                path?: never;
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description The file, oldest event first. */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "text/csv": unknown;
                        "application/jsonl": unknown;
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/streams/{stream}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The state of an order, payment, wallet, product, stock, cart, customer, notification or process, now or as of a revision or time
         * @description Folded from the log as the shop itself folds it. `asOf` takes what the log had recorded up to that moment, included. The processes have `checkout-{orderId}` and `confirmation-{merchantPaymentId}`. Secrets are left out and marked; personal data stays encrypted and is said to be.
         */
        get: {
            parameters: {
                query?: {
                    asOfRevision?: number;
                    asOf?: string;
                };
                header?: never;
                path: {
                    stream: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            stream: string;
                            revision: number;
                            position: number;
                            at: string;
                            events: number;
                            state: unknown;
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/audit/orders/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Every change of an order, and whether the copy still says what the log says
         * @description The order’s events are folded once more while you wait and compared with the stored document; the first difference is named. A document that is missing or still behind is a difference too.
         */
        get: {
            parameters: {
                query?: never;
                header?: never;
                path: {
                    id: string;
                };
                cookie?: never;
            };
            requestBody?: never;
            responses: {
                /** @description Default Response */
                200: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/json": {
                            document?: {
                                orderId: string;
                                /** @enum {string} */
                                currentStatus: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                                processedEventIds: string[];
                                history: {
                                    /** @enum {string} */
                                    status: "PENDING" | "WAITING_PAYMENT" | "PAID" | "FAILED" | "CANCELLED" | "REFUNDED";
                                    reason?: string;
                                    at: number;
                                    by: string;
                                    eventId: string;
                                    metadata: {
                                        type: string;
                                        revision: number;
                                        position: number;
                                        commandId: string;
                                        correlationId: string;
                                        causationId: string;
                                        attempt?: number;
                                        merchantPaymentId?: string;
                                        refundId?: string;
                                        amountMinor?: number;
                                        currency?: string;
                                    };
                                }[];
                                createdAt: number;
                                updatedAt: number;
                            };
                            matches: boolean;
                            firstDifference?: {
                                path: string;
                                stored?: unknown;
                                folded?: unknown;
                            };
                        };
                    };
                };
                /** @description A problem document; `GET /problems/{code}` says what a code means. */
                default: {
                    headers: {
                        [name: string]: unknown;
                    };
                    content: {
                        "application/problem+json": components["schemas"]["Problem"];
                    };
                };
            };
        };
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ProblemInput: {
            type: string;
            title: string;
            status: number;
            detail?: string;
            code: string;
            errors?: {
                path: string;
                message: string;
            }[];
            correlationId: string;
        };
        Problem: {
            type: string;
            title: string;
            status: number;
            detail?: string;
            code: string;
            errors?: {
                path: string;
                message: string;
            }[];
            correlationId: string;
        };
    };
    responses: never;
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export type operations = Record<string, never>;
