package generator

// What the shop consists of and how people come to it. A thing that stands more than once is met more often.

const origin = "https://shop.example.com"

// page is one page; price is 0 where nothing is sold.
type page struct {
	path, title, sku string
	price            float64
}

var pages = []page{
	{path: "/", title: "Shop"}, {path: "/", title: "Shop"}, {path: "/", title: "Shop"},
	{path: "/category/shoes", title: "Shoes"}, {path: "/category/shoes", title: "Shoes"},
	{path: "/category/jackets", title: "Jackets"},
	{path: "/products/trail-runner", title: "Trail Runner", sku: "SH-100", price: 119},
	{path: "/products/trail-runner", title: "Trail Runner", sku: "SH-100", price: 119},
	{path: "/products/city-sneaker", title: "City Sneaker", sku: "SH-200", price: 89.5},
	{path: "/products/rain-jacket", title: "Rain Jacket", sku: "JA-100", price: 149},
	{path: "/products/wool-socks", title: "Wool Socks", sku: "SO-100", price: 14.9},
	{path: "/cart", title: "Cart"},
	{path: "/blog/how-to-choose-running-shoes", title: "How to choose running shoes"},
	{path: "/about", title: "About us"},
}

// arrival is where a session comes from, and what that adds to the first address.
type arrival struct{ referrer, query string }

var arrivals = []arrival{
	{}, {}, {},
	{referrer: "https://www.google.com/"}, {referrer: "https://www.google.com/"},
	{referrer: "https://www.bing.com/search?q=running+shoes"},
	{referrer: "https://www.google.com/", query: "?utm_source=google&utm_medium=cpc&utm_campaign=spring&gclid=EAIaIQob"},
	{referrer: "https://www.facebook.com/", query: "?utm_source=facebook&utm_medium=social&utm_campaign=spring&fbclid=IwAR0x"},
	{query: "?utm_source=newsletter&utm_medium=email&utm_campaign=week-2&utm_content=header"},
	{referrer: "https://chatgpt.com/", query: "?utm_source=chatgpt.com"},
	{referrer: "https://t.co/abc123"},
	{referrer: "https://partner.example.org/best-shoes"},
}

var searchTerms = []string{"running shoes", "rain jacket", "socks", "gift", "größe 42", "sale"}

var languages = []string{"en-US", "en-GB", "de-DE", "de-DE", "fr-FR", "es-ES", "ja-JP"}

var userAgents = []string{
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36",
	"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Safari/537.36 Edg/139.0.0.0",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
	"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/138.0.0.0 Safari/537.36",
	"Mozilla/5.0 (X11; Linux x86_64; rv:141.0) Gecko/20100101 Firefox/141.0",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
	"Mozilla/5.0 (iPad; CPU OS 17_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.7 Mobile/15E148 Safari/604.1",
	"Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
}
