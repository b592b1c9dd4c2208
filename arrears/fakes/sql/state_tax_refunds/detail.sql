-- Each refund of the night.
FROM refunds
